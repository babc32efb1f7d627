import type { Event, Pod } from '@meho/kube/api/resource';
import type { Ingress, Snapshot } from './snapshot.ts';

/** A slow hook may delay the replacement of earlier pods this long. */
const replacementMs = 30_000;

/**
 * Removes an earlier attempt's leftovers: failed Jobs, whose pods and events look current; old events; unchanged
 * Ingresses; and, for a while, old pods.
 *
 * @param before when the attempt began
 * @param sinceMs how long ago that was
 */
export function snapshotSince(now: Snapshot, before: Snapshot, sinceMs: number): Snapshot {
  const oldJobs = uidsOf(before.jobs);
  const oldPods = uidsOf(before.pods);
  const oldEvents = new Set(before.events.map(occurrence));
  const oldIngresses = new Set(before.ingresses.map(version));
  const isOld = (pod: Pod) =>
    (sinceMs < replacementMs && oldPods.has(pod.metadata?.uid)) ||
    (pod.metadata?.ownerReferences ?? []).some(({ uid }) => oldJobs.has(uid));
  return {
    ...now,
    jobs: now.jobs.filter(({ metadata }) => !oldJobs.has(metadata?.uid)),
    pods: now.pods.filter((pod) => !isOld(pod)),
    ingresses: now.ingresses.filter((ingress) => !oldIngresses.has(version(ingress))),
    events: now.events.filter((event) => !oldEvents.has(occurrence(event))),
  };
}

function uidsOf(
  objects: readonly { readonly metadata?: { readonly uid?: string } }[],
): ReadonlySet<string | undefined> {
  return new Set(objects.map(({ metadata }) => metadata?.uid));
}

/** The requested state only, whatever its controller did. */
function version({ metadata }: Ingress): string {
  return `${metadata?.uid} ${metadata?.generation}`;
}

/** A repeated event is the same object with a higher count. */
function occurrence({ metadata, count, series }: Event): string {
  return `${metadata.uid} ${count ?? 0} ${series?.count ?? 0}`;
}
