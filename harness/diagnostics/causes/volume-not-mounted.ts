import type { Pod } from '../../kube/resource.ts';
import type { Recogniser } from '../cause.ts';

/** A volume's source is missing: the pod stays in ContainerCreating and only an event says why. */
export const volumeNotMounted: Recogniser = ({ events, pods, namespace }) => {
  const waiting = new Set(pods.filter(waitsForItsVolumes).map((pod) => pod.metadata?.uid));
  const latest = new Map(
    events
      .filter((event) => event.reason === 'FailedMount' && waiting.has(event.involvedObject.uid))
      .map((event) => [event.involvedObject.uid, event]),
  );
  return [...latest.values()].map((event) => ({
    id: 'volume-not-mounted',
    object: `Pod ${event.involvedObject.name}`,
    expected: 'its volumes to be mounted',
    observed: event.message ?? 'no message',
    next: `create what the message names in namespace ${namespace}, or correct the value that refers to it`,
    graceMs: kubeletsCache.test(event.message ?? '') ? 60_000 : 6000,
  }));
};

/** On a busy node the kubelet's own cache is late: that says nothing of whether the source is there. */
const kubeletsCache = /failed to sync \w+ cache/;

const beforeTheMounts = ['ContainerCreating', 'PodInitializing'];

/**
 * The event outlives its trouble: a mount that failed once (the kubelet's cache was not filled yet) and then worked is
 * told from one that still fails by containers that got further than waiting to be made.
 */
function waitsForItsVolumes({ status }: Pod): boolean {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return (
    status?.phase === 'Pending' &&
    containers.every(
      ({ state }) => state?.waiting !== undefined && beforeTheMounts.includes(state.waiting.reason ?? ''),
    )
  );
}
