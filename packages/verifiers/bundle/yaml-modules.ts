import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const node = path.dirname(fileURLToPath(import.meta.resolve('yaml')));
const browser = path.join(node, '..', 'browser');
const log = path.join('dist', 'log.js');
const binary = path.join(browser, 'dist', 'schema', 'yaml-1.1', 'binary.js');

/** As Node's build does; the browser's `atob` throws at bad base64. */
const lenient = `const atob = (text) => Buffer.from(text, 'base64').toString('latin1');\n`;

/**
 * Takes yaml's ES modules, whose unused code the bundler drops, unlike CommonJS. Where the builds differ, this does as
 * Node's.
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
