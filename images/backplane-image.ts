// biome-ignore-all lint/style/noRestrictedImports: images/backplane is the recipe; apps/reference-backplane is what nobody imports
import { fileURLToPath } from 'node:url';
import type { ImageRecipe } from './recipe.ts';
import { nextIdentity, type SourceIdentity, sourceIdentity, tagOf } from './recipes/backplane/identity.ts';
import { type BackplaneSchema, backplaneRecipe } from './recipes/backplane/recipe.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** `n` builds this commit, `n+1` a synthetic one after it. */
export async function recipeOf(schema: BackplaneSchema): Promise<ImageRecipe> {
  return backplaneRecipe({ ...(await identityOf(schema)), schema });
}

/** `sha-<git-sha>`; with the recipe's hash if files changed since. */
export async function tagFor(schema: BackplaneSchema, hash: () => Promise<string>): Promise<string> {
  const identity = await identityOf(schema);
  return tagOf(identity, identity.isDirty ? await hash() : '');
}

let current: Promise<SourceIdentity> | undefined;

/** Computed once, so that a commit in between can't separate a name from its content. */
async function identityOf(schema: BackplaneSchema): Promise<SourceIdentity> {
  current ??= sourceIdentity(root);
  const identity = await current;
  return schema === 'n' ? identity : nextIdentity(identity);
}
