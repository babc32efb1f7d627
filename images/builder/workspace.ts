import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { livenessOf, ownerOf } from '@meho/core/runs/owner';
import { mountsBelow } from '../engine/remains.ts';

export interface Workspace {
  /** Base of recipes' relative paths. */
  readonly recipes: string;
  readonly cache: string;
  readonly signal: AbortSignal;
}

export type CacheFolder = 'rootfs' | 'programs' | 'logs' | 'tarballs' | 'tools';

export async function cachePath(workspace: Workspace, room: CacheFolder, name: string): Promise<string> {
  const folder = join(workspace.cache, room);
  await mkdir(folder, { recursive: true });
  return join(folder, name);
}

/** On the cache's file system, so that a rename moves results. Also removes folders of dead processes. */
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
    // Folders are local, so another boot id means an earlier boot.
    if ((await livenessOf(owner, 0)) === 'dead') {
      await removeUnmounted(join(root, name));
    }
  }
}

/** A mount below may be the host's own /proc or /dev: then removes nothing. */
async function removeUnmounted(folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8').catch(noneOnThisSystem);
  if (mountsBelow(mounts, [folder]).length === 0) {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only Linux has this list, and only there do builds mount; any other error is not an empty list. */
function noneOnThisSystem(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') {
    return '';
  }
  throw error;
}

/** Atomic: nobody sees a partial result. */
export async function putInPlace(finished: string, place: string): Promise<void> {
  await rename(finished, place);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
