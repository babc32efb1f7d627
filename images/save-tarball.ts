import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { runExclusively } from '@meho/core/runs/exclusive';
import { orAborted } from '@meho/core/wait/or-aborted';
import { cachePath, exists, inWorkFolder, putInPlace } from './builder/workspace.ts';
import { dockerOf } from './engine/client.ts';
import type { Engine } from './engine/engine.ts';
import type { ResolvedImage } from './image.ts';
import { trustingPrefix } from './trusting-image.ts';

export interface SaveTarballOptions {
  readonly engine: Engine;
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

const saveDeadlineMs = 5 * 60_000;
/** Until then it may still be another checkout's. */
const keepForMs = 24 * 60 * 60_000;

/**
 * Once per image id.
 * @returns its cache path
 */
export async function saveTarball(image: ResolvedImage, options: SaveTarballOptions): Promise<string> {
  const { engine, signal } = options;
  const workspace = { recipes: '', cache: options.cacheFolder, signal };
  const place = await cachePath(workspace, 'tarballs', tarballName(image));
  if (await exists(place)) {
    return place;
  }
  return runExclusively(`tarball ${place}`, { deadlineMs: saveDeadlineMs, signal }, async () => {
    if (!(await exists(place))) {
      await inWorkFolder(workspace, async (folder) => {
        const unfinished = join(folder, 'image.tar');
        // Saves by reference, so that the image keeps its name.
        const either = AbortSignal.any([signal, AbortSignal.timeout(saveDeadlineMs)]);
        const content = await orAborted(dockerOf(engine).getImage(image.reference).get(), either);
        await pipeline(content, createWriteStream(unfinished), { signal: either });
        await putInPlace(unfinished, place);
      });
      await removeStale(join(options.cacheFolder, 'tarballs'), engine);
    }
    return place;
  });
}

/** One per name, because a tarball contains the name. */
function tarballName({ reference, id }: ResolvedImage): string {
  return `${id.replace('sha256:', '')}_${fileNamePart(reference)}.tar`;
}

const fileNamePart = (text: string): string => text.replaceAll(/[^\w.-]+/g, '-');

async function removeStale(folder: string, engine: Engine): Promise<void> {
  const images = await dockerOf(engine).listImages({ all: true });
  const there = new Set(images.map(({ Id: id }) => id.replace('sha256:', '')));
  for (const name of await readdir(folder)) {
    const [id] = name.split('_');
    const { mtimeMs } = await stat(join(folder, name));
    const isOneRuns = name.includes(fileNamePart(trustingPrefix));
    if (id !== undefined && !there.has(id) && (isOneRuns || Date.now() - mtimeMs > keepForMs)) {
      await rm(join(folder, name), { force: true });
    }
  }
}
