import type { StartedCluster } from '../cluster/provider.ts';
import type { ResolvedImage } from '../images/image.ts';
import { Problem } from '../problem.ts';
import type { Environment } from './environment.ts';
import { built, type JudgedImage, splitReference } from './judged-image.ts';

const loaded = new WeakMap<StartedCluster, Promise<ResolvedImage>>();

async function brought(cluster: StartedCluster, image: ResolvedImage): Promise<ResolvedImage> {
  await cluster.loadImages([image]);
  return image;
}

/** Why there is no N+1 of what is judged; undefined where there is one. */
export function noNextImage({ cluster, request }: Environment): string | undefined {
  if (request.subject.image !== undefined) {
    return 'only of the reference backplane is there an image N+1; another image was put in its place';
  }
  return cluster.capabilities.loadImages ? undefined : 'image N+1 is in no registry, and this cluster takes no other';
}

/**
 * Image N+1, one migration ahead of what is judged. It is brought onto the nodes when it is first asked for: most stories
 * do without.
 *
 * @throws Problem where another image is judged
 */
export async function nextImage(environment: Environment): Promise<JudgedImage> {
  const why = noNextImage(environment);
  if (why !== undefined) {
    throw new Problem({ expected: 'an image N+1', observed: why, next: 'leave --image out' });
  }
  const { cluster, podImage } = environment;
  const image = environment.image('backplane-next');
  const loading = loaded.get(cluster) ?? podImage(image).then((ready) => brought(cluster, ready));
  loaded.set(cluster, loading);
  const { repository, tag } = splitReference((await loading).reference);
  return { repository, tag, gitSha: built(image).gitSha };
}

/** The chart's values for an image. */
export function imageValues({ repository, tag }: JudgedImage) {
  return { image: { repository, tag } };
}
