import type { Event, Pod } from '../kube/resource.ts';
import type { Ingress, Snapshot } from './snapshot.ts';

/** Pods of an earlier attempt may be about to be replaced, which a slow hook can hold up for so long (milliseconds). */
const replacementMs = 30_000;

/**
 * A namespace without what an earlier attempt left in it: its failed Jobs, whose pods and events would otherwise be
 * taken for the present attempt's, what was said before, Ingresses that are yet to be changed, and for a while the pods
 * that were there.
 *
 * @param before as it was when the attempt began
 * @param sinceMs how long ago that was
 */
export function sinceThen(now: Snapshot, before: Snapshot, sinceMs: number): Snapshot {
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

/** What was asked for, whatever its controller has made of it since. */
function version({ metadata }: Ingress): string {
  return `${metadata?.uid} ${metadata?.generation}`;
}

/** An event that happens again is the same object with a higher count. */
function occurrence({ metadata, count, series }: Event): string {
  return `${metadata.uid} ${count ?? 0} ${series?.count ?? 0}`;
}
