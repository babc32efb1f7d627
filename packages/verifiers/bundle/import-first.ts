import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Makes late modules import what every call has loaded: the bundler then makes one file of thirty, each of which cost a
 * verdict part of a millisecond.
 */
export function importFirst(first: readonly string[], late: ReadonlySet<string>): Plugin {
  const imports = first.map((file) => `import ${JSON.stringify(file)};\n`).join('');
  return {
    name: 'imported-first',
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path: file }) =>
        late.has(file) ? { contents: imports + (await readFile(file, 'utf8')), loader: 'ts' } : undefined,
      );
    },
  };
}
