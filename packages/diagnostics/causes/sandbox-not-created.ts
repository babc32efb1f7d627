import type { Recogniser } from '../cause.ts';
import { isBeingPrepared } from '../pods.ts';

/** The pod stays in ContainerCreating on its node, and only an event says why. */
export const sandboxNotCreated: Recogniser = ({ events, pods, namespace }) => {
  const preparing = new Set(pods.filter(isBeingPrepared).map((pod) => pod.metadata?.uid));
  const latest = new Map(
    events
      .filter((event) => event.reason === 'FailedCreatePodSandBox' && preparing.has(event.involvedObject.uid))
      .map((event) => [event.involvedObject.uid, event]),
  );
  return [...latest.values()].map((event) => ({
    id: 'sandbox-not-created',
    object: `Pod ${event.involvedObject.name}`,
    expected: 'its node to make a sandbox for it',
    observed: event.message ?? 'no message',
    next: `it is the node's network plugin or runtime, or a memory limit of a few bytes, as the message says: kubectl describe pod ${event.involvedObject.name} --namespace ${namespace}`,
    // A network plugin that has just started is asked again.
    graceMs: 20_000,
  }));
};
