import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '@meho/core/repository';
import { bundleVerifiers } from './bundle.ts';

/** Committed: `action.yml` runs it at any commit without installing anything. */
export const distFolder = path.join(repositoryRoot, 'dist');

/** Finds files that are missing, left over or different from a fresh build. */
export async function staleFiles(folder = distFolder): Promise<readonly string[]> {
  const work = await mkdtemp(path.join(tmpdir(), 'dist-'));
  try {
    await bundleVerifiers(work);
    return await differences(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Finds files that are in one folder alone, or differ. */
export async function differences(one: string, other: string): Promise<readonly string[]> {
  const [left, right] = await Promise.all([one, other].map(namesIn));
  const names = [...new Set([...(left ?? []), ...(right ?? [])])].toSorted();
  const same = await Promise.all(
    names.map(async (name) => {
      if (left?.includes(name) !== true || right?.includes(name) !== true) {
        return false;
      }
      const [ours, theirs] = await Promise.all([one, other].map((folder) => readFile(path.join(folder, name))));
      return ours?.equals(theirs ?? Buffer.alloc(0)) === true;
    }),
  );
  return names.filter((_, index) => same[index] !== true);
}

/** Takes a missing folder for an empty one. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}
