import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Relative POSIX path; `''` for a single file. */
export interface TreeFile {
  readonly path: string;
  readonly absolute: string;
  readonly executable: boolean;
  /** Bytes. */
  readonly size: number;
}

/** Stable order; follows links. A file yields itself. */
export async function filesBelow(root: string, keep: Keep = () => true): Promise<readonly TreeFile[]> {
  const found: TreeFile[] = [];
  await walk(root, '', keep, found);
  return found;
}

type Keep = (path: string, isFolder: boolean) => boolean;

async function walk(root: string, path: string, keep: Keep, found: TreeFile[]): Promise<void> {
  const absolute = join(root, path);
  const status = await stat(absolute);
  if (path !== '' && !keep(path, status.isDirectory())) {
    return;
  }
  if (!status.isDirectory()) {
    found.push({ path, absolute, executable: (status.mode & 0o100) !== 0, size: status.size });
    return;
  }
  for (const name of (await readdir(absolute)).toSorted()) {
    await walk(root, posix.join(path, name), keep, found);
  }
}

/** Names, contents and the executable bit: all that an image contains. */
export async function hashOfTree(root: string, keep?: Keep): Promise<string> {
  return hashOfFiles(await filesBelow(root, keep));
}

export async function hashOfFiles(files: readonly TreeFile[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file.path}\0${file.executable ? 'x' : '-'}\0${file.size}\0`);
    hash.update(await readFile(file.absolute));
  }
  return hash.digest('hex');
}
