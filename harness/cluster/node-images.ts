import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { getContainerRuntimeClient } from 'testcontainers';
import type { ResolvedImage } from '../images/image.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';
import { containerdName } from './image-name.ts';

/** Where k3s, and our node with it, looks for tarballs of images: at its start and while it runs. */
const imagesFolder = '/var/lib/rancher/k3s/agent/images';
/** Beside it and on the same file system: a tarball must not be seen before all of it is there. */
const stagingFolder = '/var/lib/rancher/k3s/agent/incoming';

export interface ImageTarball {
  readonly image: ResolvedImage;
  /** A `docker save` tarball on this machine. */
  readonly file: string;
}

/** Puts tarballs into a container whose node does not run yet; it imports them as it starts. */
export function placeTarballs(containerId: string, tarballs: readonly ImageTarball[]): Promise<void> {
  return copy(containerId, imagesFolder, tarballs);
}

/** Hands tarballs to a node that runs: each appears in its folder at once and complete. */
export async function handOverTarballs(containerId: string, tarballs: readonly ImageTarball[]): Promise<void> {
  await copy(containerId, stagingFolder, tarballs);
  await inContainer(containerId, ['mkdir', '-p', imagesFolder]);
  for (const tarball of tarballs) {
    await inContainer(containerId, ['mv', `${stagingFolder}/${fileName(tarball)}`, `${imagesFolder}/`]);
  }
}

/** Waits until containerd lists the images: from then on a pod may name them with `imagePullPolicy: Never`. */
export async function imagesListed(
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
      const listed = new Set((await inContainer(containerId, listImages)).split('\n').map((line) => line.trim()));
      const missing = images.filter(({ reference }) => !listed.has(containerdName(reference)));
      return missing.length === 0
        ? holds(undefined)
        : notYet(`still missing ${missing.map(({ name }) => name).join(', ')}`);
    },
    { deadlineMs, intervalMs: 250, ...(signal === undefined ? {} : { signal }) },
  );
}

/** k3s and our node both have `ctr` with its address preset; the kubelet's images are in this namespace. */
const listImages = ['ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet'];

/** @throws Problem when the command can't be run in the node or fails there */
export async function inContainer(containerId: string, command: readonly string[]): Promise<string> {
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
  // Nobody reads on when the container went away: what still wants to write must not wait for that.
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

/** Unlike any other image's, and the same for the same image. */
function fileName({ image }: ImageTarball): string {
  return `${image.name}-${image.id.replace('sha256:', '').slice(0, 12)}.tar`;
}
