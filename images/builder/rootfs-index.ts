import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { PassThrough } from 'node:stream';
import { extract } from 'tar-stream';
import type { Layer } from './archive.ts';
import { putInPlace } from './workspace.ts';

/** Paths have no leading slash. */
export interface RootfsIndex {
  readonly diffId: string;
  readonly folders: readonly string[];
  /** Link → target as written. */
  readonly links: Readonly<Record<string, string>>;
}

export const emptyIndex: RootfsIndex = { diffId: '', folders: [], links: {} };

/** Reads the archive once; caches the result beside it. */
export async function indexOf(archive: string): Promise<{ readonly layer: Layer; readonly index: RootfsIndex }> {
  const beside = `${archive}.json`;
  const [size, known] = await Promise.all([
    stat(archive).then((status) => status.size),
    readFile(beside, 'utf8').catch(() => undefined),
  ]);
  const index: RootfsIndex = known === undefined ? await scan(archive) : JSON.parse(known);
  if (known === undefined) {
    const unfinished = `${beside}.${process.pid}`;
    await writeFile(unfinished, JSON.stringify(index));
    await putInPlace(unfinished, beside);
  }
  return { layer: { path: archive, size, diffId: index.diffId }, index };
}

async function scan(archive: string): Promise<RootfsIndex> {
  const hash = createHash('sha256');
  const tap = new PassThrough();
  tap.on('data', (chunk: Buffer) => hash.update(chunk));
  const folders: string[] = [];
  const links: Record<string, string> = {};
  for await (const entry of createReadStream(archive, { highWaterMark: 1 << 20 })
    .pipe(tap)
    .pipe(extract())) {
    const name = entry.header.name.replace(/^\.?\//, '').replace(/\/$/, '');
    if (entry.header.type === 'directory' && name !== '') {
      folders.push(name);
    } else if (entry.header.type === 'symlink') {
      links[name] = entry.header.linkname ?? '';
    }
    entry.resume();
  }
  return { diffId: `sha256:${hash.digest('hex')}`, folders, links };
}

/**
 * Resolves linked parent folders: `/lib/x` is `usr/lib/x` on Debian. A layer with a folder in place of the link would
 * hide everything behind it.
 */
export function resolveFolders(path: string, { links }: RootfsIndex): string {
  let resolved = '';
  for (const part of posix.dirname(posix.join('/', path)).split('/').filter(Boolean)) {
    resolved = posix.join(resolved, part);
    for (let hops = 0; links[resolved] !== undefined; hops += 1) {
      if (hops === 20) {
        throw new Error(`links in a circle at ${resolved}`);
      }
      resolved = posix.join('/', posix.dirname(resolved), '.', relativeTo(resolved, links[resolved] ?? '')).slice(1);
    }
  }
  return posix.join(resolved, posix.basename(path));
}

function relativeTo(link: string, target: string): string {
  return target.startsWith('/') ? posix.relative(posix.join('/', posix.dirname(link)), target) : target;
}
