import { deployments, type Pod, pods } from '../kube/resource.ts';
import type { ClusterView } from './cluster-view.ts';
import { isBackplanes, isReady, podsBehind, servedBy } from './serving.ts';
import { selectorOf } from './subject.ts';

/** An image that ready pods of the backplane run, with how many do. */
export interface RunningImage {
  readonly image: string;
  readonly pods: readonly string[];
}

export interface Running {
  /** What the pods run that get the host's requests, the most frequent first. */
  readonly images: readonly RunningImage[];
  /** Why it can't be told that all of these get requests, where more than one image is among them. */
  readonly doubt?: string;
}

/**
 * What the ready pods run that get a host's requests. Containers that something else has put into the pods, a service
 * mesh's say, don't count: no Deployment of the release names them.
 *
 * @throws KubeError or TransportError when Deployments, Services or pods can't be looked at
 */
export async function runningImages(cluster: ClusterView, host: string, signal: AbortSignal): Promise<Running> {
  const scope = { namespace: cluster.namespace, labels: selectorOf(cluster) };
  const [found, served] = await Promise.all([
    cluster.api.list(deployments, scope, { signal }),
    servedBy(cluster, host, signal),
  ]);
  const own = new Set(found.items.flatMap(({ spec }) => spec?.template.spec?.containers ?? []).map(({ name }) => name));
  const { by, doubt } = served;
  const behind = await Promise.all(by.map((serving) => podsBehind(cluster, serving, signal)));
  const silent = by.find((_, index) => behind[index] === undefined);
  if (by.length === 0 || silent !== undefined) {
    const { items } = await cluster.api.list(pods, scope, { signal });
    const images = imagesOf(items.filter(isReady).filter(isBackplanes), own);
    // Of one Deployment alone they are replicas of the same, whatever leads to them.
    const isOne = found.items.filter(isBackplanes).length < 2;
    return isOne
      ? { images }
      : { images, doubt: doubt ?? `Service ${silent?.name} does not say which of them it leads to` };
  }
  const groups = behind.map((found) => (found ?? []).filter(isBackplanes));
  const all = [...new Map(groups.flat().map((pod) => [pod.metadata?.name, pod])).values()];
  if (doubt === undefined) {
    return { images: imagesOf(all, own) };
  }
  // Whichever it is: what holds of each holds of it.
  const each = groups.map((group) => imagesOf(group, own));
  const mixed = each.filter((images) => images.length > 1);
  if (mixed.length === 0) {
    return { images: each[0] ?? [] };
  }
  return mixed.length === each.length ? { images: imagesOf(all, own) } : { images: imagesOf(all, own), doubt };
}

/** @param own names of the containers that count; where a pod has none of them, all of its own do */
export function imagesOf(found: readonly Pod[], own: ReadonlySet<string>): readonly RunningImage[] {
  const byImage = Map.groupBy(found, (pod) => imageOf(pod, own));
  return [...byImage]
    .map(([image, of]) => ({ image, pods: of.map(({ metadata }) => metadata?.name ?? '') }))
    .toSorted((a, b) => b.pods.length - a.pods.length || a.image.localeCompare(b.image));
}

/**
 * A pod's image as its spec names it, with the digest that the node took for the name: a tag may have moved from one pod
 * to the next. An image that was loaded rather than pulled has no such digest, and only its name counts.
 */
function imageOf({ spec, status }: Pod, own: ReadonlySet<string>): string {
  const containers = spec?.containers ?? [];
  const counted = containers.some(({ name }) => own.has(name))
    ? containers.filter(({ name }) => own.has(name))
    : containers;
  return counted
    .map(({ name, image = '' }) => {
      const id = status?.containerStatuses?.find((candidate) => candidate.name === name)?.imageID ?? '';
      const digest = /@(sha256:[0-9a-f]{64})$/.exec(id)?.[1];
      return digest === undefined || image.includes('@') ? image : `${image}@${digest.slice(0, 19)}`;
    })
    .toSorted()
    .join(' + ');
}
