// biome-ignore-all lint/style/noRestrictedImports: images/backplane is the recipe; harness/backplane is what nobody imports
import { fileURLToPath } from 'node:url';
import { nextIdentity, type SourceIdentity, sourceIdentity, tagOf } from './backplane/identity.ts';
import { type BackplaneSchema, backplaneRecipe } from './backplane/recipe.ts';
import type { ImageRecipe } from './recipe.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The reference backplane of this work tree's commit (`n`), or of the made-up one after it (`n+1`). */
export async function recipeOf(schema: BackplaneSchema): Promise<ImageRecipe> {
  return backplaneRecipe({ ...(await identityOf(schema)), schema });
}

/** Its tag, as the chart's users know it: `sha-<git-sha>`, and with the recipe's hash when files were changed since. */
export async function tagFor(schema: BackplaneSchema, hash: () => Promise<string>): Promise<string> {
  const identity = await identityOf(schema);
  return tagOf(identity, identity.isDirty ? await hash() : '');
}

let current: Promise<SourceIdentity> | undefined;

/** Asked once: a name and what it names must not differ because someone commits in between. */
async function identityOf(schema: BackplaneSchema): Promise<SourceIdentity> {
  current ??= sourceIdentity(root);
  const identity = await current;
  return schema === 'n' ? identity : nextIdentity(identity);
}
