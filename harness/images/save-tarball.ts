import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { dockerOf } from '../engine/client.ts';
import type { Engine } from '../engine/engine.ts';
import { exclusively } from '../runs/exclusive.ts';
import { orAborted } from '../wait/or-aborted.ts';
import { cachePath, exists, inWorkFolder, putInPlace } from './build/workspace.ts';
import type { ResolvedImage } from './image.ts';
import { trustingPrefix } from './trusting-image.ts';

export interface SaveTarballOptions {
  readonly engine: Engine;
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

const saveDeadlineMs = 5 * 60_000;
/** A tarball whose image the engine no longer has may still be another checkout's for this long. */
const keepForMs = 24 * 60 * 60_000;

/**
 * The image as a `docker save` tarball, saved once for each image id.
 *
 * @returns its path in the cache
 */
export async function saveTarball(image: ResolvedImage, options: SaveTarballOptions): Promise<string> {
  const { engine, signal } = options;
  const workspace = { recipes: '', cache: options.cacheFolder, signal };
  const place = await cachePath(workspace, 'tarballs', tarballName(image));
  if (await exists(place)) {
    return place;
  }
  return exclusively(`tarball ${place}`, { deadlineMs: saveDeadlineMs, signal }, async () => {
    if (!(await exists(place))) {
      await inWorkFolder(workspace, async (folder) => {
        const unfinished = join(folder, 'image.tar');
        // By reference and not by id, so that it carries its name to where it is loaded.
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

/** Two names of one image are two tarballs, since a tarball holds the name. */
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
