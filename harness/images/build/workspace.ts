import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mountsBelow } from '../../engine/remains.ts';
import { livenessOf, ownerOf } from '../../runs/owner.ts';

/** What a build needs to know of where it happens. */
export interface Workspace {
  /** Folder that recipes' relative paths start in. */
  readonly recipes: string;
  /** The project's cache folder; what is in it can be made again. */
  readonly cache: string;
  readonly signal: AbortSignal;
}

export type CacheRoom = 'rootfs' | 'programs' | 'logs' | 'tarballs' | 'tools';

/** Path of a thing in the cache, in a folder that is there. */
export async function cachePath(workspace: Workspace, room: CacheRoom, name: string): Promise<string> {
  const folder = join(workspace.cache, room);
  await mkdir(folder, { recursive: true });
  return join(folder, name);
}

/**
 * Gives a fresh folder to work in, on the same file system as the cache so that results move by a rename, and removes
 * it afterwards. Folders of processes that died are removed on the way.
 */
export async function inWorkFolder<T>(workspace: Workspace, work: (folder: string) => Promise<T>): Promise<T> {
  const root = join(workspace.cache, 'work');
  await removeDeadWork(root);
  const me = await ownerOf();
  const folder = join(root, `${me.pid}.${me.startTicks}.${me.pidNamespace}.${me.bootId}`, randomUUID());
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await removeUnmounted(folder);
  }
}

async function removeDeadWork(root: string): Promise<void> {
  const me = await ownerOf();
  for (const name of await readdir(root).catch(() => [])) {
    const [pid, startTicks, pidNamespace, bootId] = name.split('.');
    if (startTicks === undefined || pidNamespace === undefined || bootId === undefined) {
      continue;
    }
    const owner = { host: me.host, pid: Number(pid), startTicks, pidNamespace, bootId };
    // The folder is on this machine: another boot than the present one is an earlier one.
    if ((await livenessOf(owner, 0)) === 'dead') {
      await removeUnmounted(join(root, name));
    }
  }
}

/** A mount below the folder may be the host's own /proc or /dev: while there is one, nothing is removed. */
async function removeUnmounted(folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8').catch(noneOnThisSystem);
  if (mountsBelow(mounts, [folder]).length === 0) {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only Linux has the list, and only there is anything mounted by us; a list that can't be read is no empty one. */
function noneOnThisSystem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') {
    return '';
  }
  throw error;
}

/** Puts a finished result in its place at once, so that nobody ever sees half of it. */
export async function putInPlace(finished: string, place: string): Promise<void> {
  await rename(finished, place);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
