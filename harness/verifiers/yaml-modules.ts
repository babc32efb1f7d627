import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const node = path.dirname(fileURLToPath(import.meta.resolve('yaml')));
const browser = path.join(node, '..', 'browser');
const log = path.join('dist', 'log.js');
const binary = path.join(browser, 'dist', 'schema', 'yaml-1.1', 'binary.js');

/** As Node's build has it: a browser's own throws at what is no base64. */
const lenient = `const atob = (text) => Buffer.from(text, 'base64').toString('latin1');\n`;

/**
 * Takes yaml from its ES modules, of which the bundler leaves out what nobody calls. The package keeps them for browsers
 * and has CommonJS for Node, which can only be taken whole. What the two builds do differently is done as for Node.
 */
export function yamlModules(): Plugin {
  return {
    name: 'yaml-modules',
    setup(build) {
      build.onResolve({ filter: /^yaml$/ }, () => ({ path: path.join(browser, 'dist', 'index.js') }));
      build.onResolve({ filter: /\/log\.js$/ }, ({ path: to, resolveDir }) =>
        path.resolve(resolveDir, to) === path.join(browser, log) ? { path: path.join(node, 'log.js') } : undefined,
      );
      build.onLoad({ filter: /\/binary\.js$/ }, async ({ path: file }) =>
        file === binary ? { contents: lenient + (await readFile(file, 'utf8')) } : undefined,
      );
    },
  };
}
