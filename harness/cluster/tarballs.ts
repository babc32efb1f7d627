import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getContainerRuntimeClient } from 'testcontainers';
import type { ResolvedImage } from '../images/image.ts';
import type { ImageTarball } from './node-images.ts';

/** The images as `docker save` tarballs; what was saved before is used again. */
export function tarballsOf(images: readonly ResolvedImage[], signal?: AbortSignal): Promise<readonly ImageTarball[]> {
  return Promise.all(images.map(async (image) => ({ image, file: await save(image, signal) })));
}

async function save(image: ResolvedImage, signal: AbortSignal | undefined): Promise<string> {
  const folder = join(tmpdir(), 'meho-tarballs');
  const file = join(folder, `${image.id.replace(':', '-')}.tar`);
  if (
    await stat(file).then(
      () => true,
      () => false,
    )
  ) {
    return file;
  }
  await mkdir(folder, { recursive: true });
  const { container } = await getContainerRuntimeClient();
  const partial = `${file}.${process.pid}`;
  await pipeline(
    await container.dockerode.getImage(image.reference).get(),
    createWriteStream(partial),
    ...(signal === undefined ? [] : [{ signal }]),
  );
  await rename(partial, file);
  return file;
}
