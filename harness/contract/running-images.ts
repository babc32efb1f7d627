import { deployments, type Pod, pods } from '../kube/resource.ts';
import type { ClusterView } from './cluster-view.ts';
import { selectorOf } from './subject.ts';

/** An image that ready pods of the backplane run, with how many do. */
export interface RunningImage {
  readonly image: string;
  readonly pods: readonly string[];
}

/**
 * What the ready pods of the backplane run, the most frequent first. Containers that something else has put into the
 * pods, a service mesh's say, don't count: no Deployment of the release names them.
 *
 * @throws KubeError or TransportError when Deployments or pods can't be looked at
 */
export async function runningImages(cluster: ClusterView, signal: AbortSignal): Promise<readonly RunningImage[]> {
  const scope = { namespace: cluster.namespace, labels: selectorOf(cluster) };
  const [found, running] = await Promise.all([
    cluster.api.list(deployments, scope, { signal }),
    cluster.api.list(pods, scope, { signal }),
  ]);
  const own = found.items.flatMap(({ spec }) => spec?.template.spec?.containers ?? []).map(({ name }) => name);
  return imagesOf(running.items.filter(isReadyBackplane), new Set(own));
}

/** @param own names of the containers that count; where a pod has none of them, all of its own do */
export function imagesOf(found: readonly Pod[], own: ReadonlySet<string>): readonly RunningImage[] {
  const byImage = Map.groupBy(found, (pod) => imageOf(pod, own));
  return [...byImage]
    .map(([image, of]) => ({ image, pods: of.map(({ metadata }) => metadata?.name ?? '') }))
    .toSorted((a, b) => b.pods.length - a.pods.length || a.image.localeCompare(b.image));
}

/** A migration's pod ends, and a broadcast that shares the backplane's name runs another image by design. */
function isReadyBackplane({ metadata, status }: Pod): boolean {
  return (
    !['migrate', 'broadcast'].includes(metadata?.labels?.['app.kubernetes.io/component'] ?? '') &&
    metadata?.deletionTimestamp === undefined &&
    status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true
  );
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
