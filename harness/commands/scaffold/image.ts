import { addBefore, type Change, create, edit, mark, unwrittenTest } from './changes.ts';

/** An image of one Go program. */
export function newImage(name: string, root: string): readonly Change[] {
  const folder = `images/recipes/${name}`;
  const key = name.includes('-') ? `'${name}'` : name;
  return [
    create(
      root,
      `${folder}/recipe.ts`,
      `import type { ImageRecipe } from '../../recipe.ts';

/** ${mark}: what the image is for, and what it stands in for. */
export const recipe: ImageRecipe = {
  programs: [{ moduleFolder: '${name}', package: '.', ldflags: '-s -w', path: '/${name}' }],
  config: { entrypoint: ['/${name}'], user: '65532:65532', workdir: '/' },
};
`,
    ),
    create(
      root,
      `${folder}/recipe.test.ts`,
      unwrittenTest(
        name,
        [`${folder}/recipe.ts`, `${folder}/main.go`],
        `import { expect, test } from 'vitest';
import { recipe } from './recipe.ts';

test('starts a program that it builds', () => {
  expect(recipe.programs?.map(({ path }) => path)).toContain(recipe.config.entrypoint?.[0]);
});
`,
      ),
    ),
    create(root, `${folder}/go.mod`, `module meho-acceptance/${name}\n\ngo 1.26.0\n`),
    create(
      root,
      `${folder}/main.go`,
      `// Command ${name}: ${mark}: what it does.
package main

import "fmt"

func main() {
	fmt.Println("${name}")
}
`,
    ),
    edit(
      root,
      'images/catalog.ts',
      addBefore(
        'export const catalog = {',
        '} as const satisfies',
        `  ${key}: {
    recipe: async () => (await import('./recipes/${name}/recipe.ts')).recipe,
  },
`,
      ),
    ),
  ];
}
