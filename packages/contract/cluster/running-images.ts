import { selectorOf } from '@meho/helm/subject';
import { deployments, type Pod, pods } from '@meho/kube/api/resource';
import type { ClusterView } from './cluster-view.ts';
import { type Neighbour, neighbourBehind, neighbourElsewhere } from './neighbours.ts';
import { isBackplane, isReady, podsBehind, type ServingServices, servicesFor } from './serving.ts';

export interface RunningImage {
  readonly image: string;
  readonly pods: readonly string[];
}

export interface RunningImages {
  /** Most frequent first. */
  readonly images: readonly RunningImage[];
  /** Why some images may receive no requests. */
  readonly doubt?: string;
  /** Who gets the requests in the release's place. */
  readonly neighbour?: Neighbour;
}

/**
 * Ignores injected containers, e.g. a service mesh's.
 *
 * @throws KubeError or TransportError if Deployments, Services or pods can't be read
 */
export async function runningImages(cluster: ClusterView, host: string, signal: AbortSignal): Promise<RunningImages> {
  const served = await servicesFor(cluster, host, signal);
  const behind = await Promise.all(served.by.map((serving) => podsBehind(cluster, serving, signal)));
  const neighbour =
    neighbourBehind(
      behind.map((found) => (found ?? []).filter(isBackplane)),
      cluster,
    ) ?? (served.isRouted ? undefined : await neighbourElsewhere(cluster, host, signal));
  const seen = await imagesBehind(cluster, served, behind, signal);
  return neighbour === undefined ? seen : { ...seen, neighbour };
}

async function imagesBehind(
  cluster: ClusterView,
  { by, doubt }: ServingServices,
  behind: readonly (readonly Pod[] | undefined)[],
  signal: AbortSignal,
): Promise<RunningImages> {
  const scope = { namespace: cluster.namespace, labels: selectorOf(cluster) };
  const silent = by.find((_, index) => behind[index] === undefined);
  const isUntold = by.length === 0 || silent !== undefined;
  const ready = isUntold
    ? (await cluster.api.list(pods, scope, { signal })).items.filter(isReady)
    : behind.flatMap((found) => found ?? []);
  const all = [...new Map(ready.map((pod) => [pod.metadata?.name, pod])).values()].filter(isBackplane);
  if (areAlike(all)) {
    return { images: imagesOf(all, new Set()) };
  }
  const { items } = await cluster.api.list(deployments, scope, { signal });
  const own = new Set(items.flatMap(({ spec }) => spec?.template.spec?.containers ?? []).map(({ name }) => name));
  if (isUntold) {
    const images = imagesOf(all, own);
    // A single Deployment's pods are all replicas.
    const isOne = items.filter(isBackplane).length < 2;
    return isOne
      ? { images }
      : { images, doubt: doubt ?? `Service ${silent?.name} does not say which of them it leads to` };
  }
  const groups = behind.map((found) => (found ?? []).filter(isBackplane));
  if (doubt === undefined) {
    return { images: imagesOf(all, own) };
  }
  // What holds for each Service holds for the unknown one.
  const each = groups.map((group) => imagesOf(group, own));
  const mixed = each.filter((images) => images.length > 1);
  if (mixed.length === 0) {
    return { images: each[0] ?? [] };
  }
  return mixed.length === each.length ? { images: imagesOf(all, own) } : { images: imagesOf(all, own), doubt };
}

/** @param own names of the containers that count; a pod without them counts whole */
export function imagesOf(found: readonly Pod[], own: ReadonlySet<string>): readonly RunningImage[] {
  const byImage = Map.groupBy(found, (pod) => imageOf(pod, own));
  return [...byImage]
    .map(([image, of]) => ({ image, pods: of.map(({ metadata }) => metadata?.name ?? '') }))
    .toSorted((a, b) => b.pods.length - a.pods.length || a.image.localeCompare(b.image));
}

/** In every container, whichever count. */
function areAlike(found: readonly Pod[]): boolean {
  const each = found.map((pod) =>
    (pod.spec?.containers ?? [])
      .map(({ name }) => `${name}=${imageOf(pod, new Set([name]))}`)
      .toSorted()
      .join(' '),
  );
  return new Set(each).size < 2;
}

/** With the node's digest, since a tag may move between pods; a loaded image has none. */
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
