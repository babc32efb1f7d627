import type { Event } from '@meho/kube/api/resource';
import type { Cause, Recogniser } from '../cause.ts';

/** No pod: only an event on its owner shows it. */
export const podRefused: Recogniser = ({ events, namespace, jobs, replicaSets }) => {
  // Ignores owners that have pods by now: the event lasts an hour longer.
  const living = new Set(
    [
      ...jobs.filter(({ status }) => (status?.active ?? 0) === 0 && (status?.succeeded ?? 0) === 0),
      ...replicaSets.filter(({ spec, status }) => (status?.replicas ?? 0) < (spec?.replicas ?? 1)),
    ].map((owner) => owner.metadata?.uid),
  );
  return latestPerOwner(events.filter((event) => event.reason === 'FailedCreate'))
    .filter((event) => living.has(event.involvedObject.uid))
    .map((event) => explain(event, namespace));
};

function latestPerOwner(events: readonly Event[]): readonly Event[] {
  const latest = new Map<string, Event>();
  for (const event of events) {
    latest.set(event.involvedObject.uid ?? `${event.involvedObject.kind}/${event.involvedObject.name}`, event);
  }
  return [...latest.values()];
}

function explain(event: Event, namespace: string): Cause {
  const message = event.message ?? 'no message';
  const object = `${event.involvedObject.kind} ${event.involvedObject.name}`;
  const common = { object, observed: message, graceMs: 3000 };
  const account = /serviceaccount "([^"]+)" not found/.exec(message)?.[1];
  if (account !== undefined) {
    return {
      ...common,
      id: 'service-account-missing',
      expected: `ServiceAccount ${account} to exist before ${object}`,
      observed: `${object} has no pod: ServiceAccount ${account} does not exist in namespace ${namespace}`,
      next: `a pre-install hook runs before the release's own objects: give the hook its own ServiceAccount (a hook with a lower weight) or create ${account} first`,
    };
  }
  if (message.includes('exceeded quota')) {
    return {
      ...common,
      id: 'quota-exceeded',
      expected: `the namespace's quota to have room for ${object}`,
      next: `kubectl describe resourcequota --namespace ${namespace}`,
    };
  }
  if (message.includes('violates PodSecurity')) {
    return {
      ...common,
      id: 'pod-security-refused',
      expected: `the pod of ${object} to satisfy the namespace's PodSecurity level`,
      next: 'change the named fields of the pod template; the message lists each',
    };
  }
  if (/failed calling webhook|denied the request/.test(message)) {
    return {
      ...common,
      id: message.includes('failed calling webhook') ? 'admission-webhook-down' : 'admission-refused',
      expected: `admission to let the pod of ${object} in`,
      next: 'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies',
    };
  }
  return {
    ...common,
    id: 'pod-refused',
    expected: `the API server to accept the pod of ${object}`,
    next: `kubectl describe ${event.involvedObject.kind?.toLowerCase()} ${event.involvedObject.name} --namespace ${namespace}`,
  };
}
