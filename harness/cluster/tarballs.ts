import type { Engine } from '../engine/engine.ts';
import type { ResolvedImage } from '../images/image.ts';
import { saveTarball } from '../images/save-tarball.ts';
import type { ImageTarball } from './node-images.ts';

/** Where tarballs come from and are kept. */
export interface TarballSource {
  readonly engine: Engine;
  readonly cacheFolder: string;
}

/** The images as `docker save` tarballs; what was saved before is used again. */
export function tarballsOf(
  images: readonly ResolvedImage[],
  { engine, cacheFolder }: TarballSource,
  signal: AbortSignal,
): Promise<readonly ImageTarball[]> {
  return Promise.all(
    images.map(async (image) => ({ image, file: await saveTarball(image, { engine, cacheFolder, signal }) })),
  );
}
