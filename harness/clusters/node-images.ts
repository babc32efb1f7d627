import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from '@meho/core/problem';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { ResolvedImage } from '@meho/images/image';
import { pack } from 'tar-stream';
import { getContainerRuntimeClient } from 'testcontainers';
import { containerdName } from './image-name.ts';

/** k3s and our node import tarballs from here, both at start and later. */
const imagesFolder = '/var/lib/rancher/k3s/agent/images';
/** On the same file system, so that a tarball can be moved into place complete. */
const stagingFolder = '/var/lib/rancher/k3s/agent/incoming';

export interface ImageTarball {
  readonly image: ResolvedImage;
  readonly file: string;
}

/** Imported when the node starts. */
export function placeTarballs(containerId: string, tarballs: readonly ImageTarball[]): Promise<void> {
  return copy(containerId, imagesFolder, tarballs);
}

/** For a running node: each tarball appears in one step, complete. */
export async function sendTarballs(containerId: string, tarballs: readonly ImageTarball[]): Promise<void> {
  await copy(containerId, stagingFolder, tarballs);
  await runInNode(containerId, ['mkdir', '-p', imagesFolder]);
  for (const tarball of tarballs) {
    await runInNode(containerId, ['mv', `${stagingFolder}/${fileName(tarball)}`, `${imagesFolder}/`]);
  }
}

/** From then on pods may use them with `imagePullPolicy: Never`. */
export async function waitForImages(
  containerId: string,
  images: readonly ResolvedImage[],
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<void> {
  if (images.length === 0) {
    return;
  }
  await waitFor(
    `the node to import ${images.length} images`,
    async () => {
      const missing = await missingImages(containerId, images);
      return missing.length === 0
        ? holds(undefined)
        : notYet(`still missing ${missing.map(({ name }) => name).join(', ')}`);
    },
    { deadlineMs, intervalMs: 250, ...(signal === undefined ? {} : { signal }) },
  );
}

export async function missingImages(
  containerId: string,
  images: readonly ResolvedImage[],
): Promise<readonly ResolvedImage[]> {
  const listed = new Set((await runInNode(containerId, listImages)).split('\n').map((line) => line.trim()));
  return images.filter(({ reference }) => !listed.has(containerdName(reference)));
}

/** Both k3s and our node preset the address for `ctr`. */
const listImages = ['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet'];

export async function runInNode(containerId: string, command: readonly string[]): Promise<string> {
  const { container } = await getContainerRuntimeClient();
  const { exitCode, stdout, output } = await container.exec(container.getById(containerId), [...command]);
  if (exitCode !== 0) {
    throw new Problem({
      expected: `\`${command.join(' ')}\` to succeed on the node`,
      observed: `it ended with exit code ${exitCode}: ${output.trim()}`,
      next: `see \`docker logs ${containerId.slice(0, 12)}\``,
    });
  }
  return stdout;
}

async function copy(containerId: string, folder: string, tarballs: readonly ImageTarball[]): Promise<void> {
  if (tarballs.length === 0) {
    return;
  }
  const { container } = await getContainerRuntimeClient();
  const archive = pack();
  const put = container.putArchive(container.getById(containerId), Readable.from(archive), '/');
  const filled = fill(archive, folder, tarballs);
  // If the container is gone, nothing reads the pipe, so the writer must not wait.
  put.catch((error: unknown) => archive.destroy(error instanceof Error ? error : undefined));
  await Promise.all([put, filled]);
}

async function fill(
  archive: ReturnType<typeof pack>,
  folder: string,
  tarballs: readonly ImageTarball[],
): Promise<void> {
  for (const tarball of tarballs) {
    const { size } = await stat(tarball.file);
    const entry = archive.entry({ name: `${folder}/${fileName(tarball)}`.slice(1), size, mode: 0o644 });
    await pipeline(createReadStream(tarball.file), entry);
  }
  archive.finalize();
}

/** Unique and stable per image. */
function fileName({ image }: ImageTarball): string {
  return `${image.name}-${image.id.replace('sha256:', '').slice(0, 12)}.tar`;
}
