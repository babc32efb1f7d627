import type { Recogniser } from '../cause.ts';
import { isBeingPrepared } from '../pods.ts';

/** The pod stays in ContainerCreating, and only an event says why. */
export const volumeNotMounted: Recogniser = ({ events, pods, namespace }) => {
  const waiting = new Set(pods.filter(isBeingPrepared).map((pod) => pod.metadata?.uid));
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

/** Tells nothing about the volume's source, because on a busy node the kubelet's cache lags. */
const kubeletsCache = /failed to sync \w+ cache/;
