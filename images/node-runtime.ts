import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '@meho/core/problem';
import type { RecipeFile } from './recipe.ts';

/**
 * The suite's own Node.js from `npm ci`, without another download. Needs glibc and libstdc++, which any Debian has.
 * @param root of the repository
 * @throws Problem if missing
 */
export async function nodeRuntime(root: string): Promise<RecipeFile> {
  const folder = join(root, 'node_modules', 'node');
  const version = await installedVersion(folder);
  return {
    // Releases are immutable: this saves hashing 120 MB at every start.
    key: `node ${version} ${process.platform} ${process.arch}`,
    make: async () => join(folder, 'bin', 'node'),
    to: '/usr/local/bin/node',
    mode: 0o755,
  };
}

async function installedVersion(folder: string): Promise<string> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
    if (typeof version === 'string') {
      return version;
    }
    throw new TypeError('its package.json names no version');
  } catch (cause) {
    throw new Problem(
      {
        expected: `the npm package "node" in ${folder}`,
        observed: 'it could not be read',
        next: 'run `npm ci` in the repository',
      },
      { cause },
    );
  }
}
