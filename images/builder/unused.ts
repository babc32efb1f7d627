import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheFolder } from './workspace.ts';

/** What isn't used for this long is removed, and rebuilt when needed. */
const keepForMs = 30 * 24 * 60 * 60_000;

export async function markUsed(path: string, now = new Date()): Promise<void> {
  await utimes(path, now, now).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error; // ENOENT: it was removed meanwhile, and is rebuilt when needed
    }
  });
}

export async function removeUnused(cacheFolder: string, now = Date.now()): Promise<void> {
  for (const room of ['rootfs', 'programs'] satisfies CacheFolder[]) {
    const folder = join(cacheFolder, room);
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      const status = await stat(path).catch(() => undefined);
      if (status !== undefined && now - status.mtimeMs > keepForMs) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}
