import type { Engine } from '@meho/images/engine/engine';
import type { ResolvedImage } from '@meho/images/image';
import { saveTarball } from '@meho/images/save-tarball';
import type { ImageTarball } from './node-images.ts';

export interface TarballSource {
  readonly engine: Engine;
  readonly cacheFolder: string;
}

export function tarballsOf(
  images: readonly ResolvedImage[],
  { engine, cacheFolder }: TarballSource,
  signal: AbortSignal,
): Promise<readonly ImageTarball[]> {
  return Promise.all(
    images.map(async (image) => ({ image, file: await saveTarball(image, { engine, cacheFolder, signal }) })),
  );
}
