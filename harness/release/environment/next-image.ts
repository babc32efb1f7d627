import { Problem } from '@meho/core/problem';
import type { ResolvedImage } from '@meho/images/image';
import type { StartedCluster } from '../../clusters/provider.ts';
import type { Environment } from './environment.ts';
import { type JudgedImage, referenceBackplane, splitReference } from './judged-image.ts';

const loaded = new WeakMap<StartedCluster, Promise<ResolvedImage>>();

async function loadOnNodes(cluster: StartedCluster, image: ResolvedImage): Promise<ResolvedImage> {
  await cluster.loadImages([image]);
  return image;
}

/** Returns why there is no image N+1, or undefined. */
export function whyNoNextImage({ cluster, request }: Environment): string | undefined {
  if (request.subject.image !== undefined) {
    return 'only of the reference backplane is there an image N+1; another image was put in its place';
  }
  return cluster.capabilities.loadImages ? undefined : 'image N+1 is in no registry, and this cluster takes no other';
}

/**
 * Loads image N+1 onto the nodes on first use, as most stories don't need it.
 *
 * @throws Problem where another image is judged
 */
export async function nextImage(environment: Environment): Promise<JudgedImage> {
  const why = whyNoNextImage(environment);
  if (why !== undefined) {
    throw new Problem({ expected: 'an image N+1', observed: why, next: 'leave --image out' });
  }
  const { cluster, podImage } = environment;
  const image = environment.image('backplane-next');
  const loading = loaded.get(cluster) ?? podImage(image).then((ready) => loadOnNodes(cluster, ready));
  loaded.set(cluster, loading);
  const { repository, tag } = splitReference((await loading).reference);
  return { repository, tag, gitSha: referenceBackplane(image).gitSha };
}

export function imageValues({ repository, tag }: JudgedImage) {
  return { image: { repository, tag } };
}
