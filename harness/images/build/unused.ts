import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheRoom } from './workspace.ts';

/** What no run has asked for in this time is made anew when one does. */
const keepForMs = 30 * 24 * 60 * 60_000;

/** Notes that a thing in the cache was of use. */
export async function markUsed(path: string, now = new Date()): Promise<void> {
  await utimes(path, now, now).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') {
      throw error; // gone in between: whoever needs it makes it again
    }
  });
}

/** Removes root file systems and programs that nobody has used for long, so that the cache doesn't grow for ever. */
export async function removeUnused(cacheFolder: string, now = Date.now()): Promise<void> {
  for (const room of ['rootfs', 'programs'] satisfies CacheRoom[]) {
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
