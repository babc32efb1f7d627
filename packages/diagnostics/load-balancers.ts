import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { type Event, events, type Service, services } from '@meho/kube/api/resource';
import type { Cause } from './cause.ts';

/** Controllers of load balancers mark a Service, or write an event about it, within a second or two. */
const unclaimedGraceMs = 30_000;
/** Clouds take minutes, so that helm's own deadline counts. */
const claimedGraceMs = 600_000;

const ownerRelease = 'meta.helm.sh/release-name';

interface Place {
  readonly namespace: string;
  readonly release: string;
}

/** Services of type LoadBalancer without an address. Helm 3 waits for it until its timeout, Helm 4 doesn't. */
export async function pendingLoadBalancers(
  api: KubeApi,
  { namespace, release }: Place,
  signal: AbortSignal,
): Promise<readonly Cause[]> {
  const pending = (await unlessForbidden(api.list(services, { namespace }, { signal }))).filter(
    (service) => service.metadata?.annotations?.[ownerRelease] === release && isPending(service),
  );
  if (pending.length === 0) {
    return [];
  }
  const all = await unlessForbidden(api.list(events, { namespace }, { signal }));
  return pending.map((service) => causeOf(service, { namespace, claim: claimOf(service, all) }));
}

function isPending({ spec, status }: Service): boolean {
  return (
    spec?.type === 'LoadBalancer' &&
    (spec.externalIPs ?? []).length === 0 &&
    (status?.loadBalancer?.ingress ?? []).length === 0
  );
}

/** What shows that a controller has taken it up. */
function claimOf({ metadata, status }: Service, all: readonly Event[]): string | undefined {
  const [finalizer] = metadata?.finalizers ?? [];
  const condition = status?.conditions?.at(0);
  const event = all.findLast(
    ({ involvedObject: { kind, name, uid } }) =>
      kind === 'Service' && name === metadata?.name && (uid === undefined || uid === metadata?.uid),
  );
  if (event !== undefined) {
    return `${event.reason}: ${event.message}`;
  }
  return finalizer ?? (condition && `${condition.type}=${condition.status}`);
}

function causeOf(
  { metadata }: Service,
  { namespace, claim }: { readonly namespace: string; readonly claim: string | undefined },
): Cause {
  const name = metadata?.name ?? '';
  return {
    id: 'load-balancer-pending',
    object: `Service ${name}`,
    expected: 'an address of its load balancer: Helm 3 waits for that, Helm 4 does not',
    observed:
      claim === undefined
        ? 'type LoadBalancer without an address, and nothing in the cluster has taken it up'
        : `type LoadBalancer without an address (${claim})`,
    next:
      claim === undefined
        ? 'set its type to ClusterIP in the values (the Ingress is the way in), or install a controller of load balancers'
        : `kubectl describe service ${name} --namespace ${namespace}`,
    graceMs: claim === undefined ? unclaimedGraceMs : claimedGraceMs,
  };
}

async function unlessForbidden<T>(answer: Promise<{ readonly items: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await answer).items;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return [];
    }
    throw error;
  }
}
