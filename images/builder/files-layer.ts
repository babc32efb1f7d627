import { join, posix } from 'node:path';
import type { MakeContext, RecipeFile } from '../recipe.ts';
import { type ArchiveWriter, type Layer, writeArchive } from './archive.ts';
import { moduleSources } from './go-program.ts';
import { type RootfsIndex, resolveFolders } from './rootfs-index.ts';
import { filesBelow } from './tree.ts';
import type { Workspace } from './workspace.ts';

export interface LayerEntry {
  readonly to: string;
  readonly write: (archive: ArchiveWriter, name: string) => Promise<void>;
}

export type TarballOf = (image: string) => Promise<string>;

/** Adds parent folders that the root file system lacks. */
export function writeLayer(path: string, entries: readonly LayerEntry[], index: RootfsIndex): Promise<Layer> {
  const there = new Set(index.folders);
  const placed = entries
    .map((entry) => ({ ...entry, name: resolveFolders(entry.to, index) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return writeArchive(path, async (archive) => {
    for (const { name, write } of placed) {
      for (const folder of foldersTo(name).filter((each) => !there.has(each))) {
        await archive.folder(folder);
        there.add(folder);
      }
      await write(archive, name);
    }
  });
}

/** `a`, `a/b` for `a/b/c`. */
export function foldersTo(name: string): readonly string[] {
  const parts = posix.dirname(name).split('/');
  return parts[0] === '.' ? [] : parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

export interface EntrySources {
  /** `make` steps use it: must exist until the layer is written. */
  readonly folder: string;
  readonly workspace: Workspace;
  readonly tarballOf: TarballOf;
  readonly around: MakeContext;
}

export async function entriesOf(files: readonly RecipeFile[], sources: EntrySources): Promise<readonly LayerEntry[]> {
  const lists = await Promise.all(files.map((file) => entriesOfFile(file, sources)));
  return lists.flat();
}

async function entriesOfFile(file: RecipeFile, from: EntrySources): Promise<readonly LayerEntry[]> {
  const { folder, workspace, tarballOf, around } = from;
  const { to } = file;
  if ('from' in file) {
    return treeEntries(join(workspace.recipes, file.from), to, file.mode);
  }
  if ('fromModule' in file) {
    const sources = await moduleSources(file.fromModule.moduleFolder, file.fromModule.module, workspace);
    return treeEntries(join(sources, file.fromModule.folder), to);
  }
  if ('fromImage' in file) {
    return treeEntries(await tarballOf(file.fromImage), to, 0o644);
  }
  if ('text' in file) {
    return [{ to, write: (archive, name) => archive.text(name, file.text, file.mode) }];
  }
  if ('link' in file) {
    return [{ to, write: (archive, name) => archive.link(name, file.link) }];
  }
  return treeEntries(await file.make(folder, around), to, file.mode);
}

/** A file, or a folder recursively. Modes only record "executable or not". */
async function treeEntries(source: string, to: string, mode?: number): Promise<readonly LayerEntry[]> {
  return (await filesBelow(source)).map(({ path, absolute, executable }) => ({
    to: path === '' ? to : posix.join(to, path),
    write: (archive, name) => archive.file(name, absolute, mode ?? (executable ? 0o755 : 0o644)),
  }));
}
