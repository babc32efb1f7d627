import { isApiTrouble } from '../kube/api-trouble.ts';
import { type Deployment, type Ingress, ingresses, type Pod, pods, type Service, services } from '../kube/resource.ts';
import { messageOf } from '../problem.ts';
import type { ClusterView } from './cluster-view.ts';
import { selectorOf } from './subject.ts';

/** Contract: the backplane listens on 8000 ("The backplane's surface"). */
const PORT = 8000;

/** A Service that hands requests to pods, with the port that they come in by. */
export interface Serving {
  readonly name: string;
  readonly port: ServicePort;
  /** Absent where somebody else says which pods, or hosts, are behind it. */
  readonly selector?: Readonly<Record<string, string>>;
}

type Place = Pick<ClusterView, 'api' | 'namespace' | 'release'>;

/** Which Services requests for the host come to. */
export interface Served {
  /** All of them get requests, as a canary's does; where `doubt` is set, some of them, and it can't be told which. */
  readonly by: readonly Serving[];
  readonly doubt?: string;
}

/**
 * The Services that requests for a host, or for the release in general, come to: those that an Ingress names for it, or else the release's own. What else
 * belongs to the release, a worker's say, runs what it likes.
 *
 * @throws KubeError or TransportError when Services can't be looked at
 */
export async function servedBy(cluster: Place, host: string | undefined, signal: AbortSignal): Promise<Served> {
  const { api, namespace } = cluster;
  const [own, routed] = await Promise.all([
    api.list(services, { namespace, labels: selectorOf(cluster) }, { signal }),
    host === undefined ? { names: [], why: 'no host is asked' } : routedTo(cluster, host, signal),
  ]);
  const named = await Promise.all(
    routed.names.map(
      async (name) =>
        own.items.find(({ metadata }) => metadata?.name === name) ??
        (await api.find(services, namespace, name, { signal })),
    ),
  );
  const byIngress = named.flatMap((service) => servingOf(service));
  if (byIngress.length > 0 && byIngress.length === named.length) {
    return { by: byIngress };
  }
  const found = own.items.filter(isBackplanes).flatMap((service) => servingOf(service));
  const http = found.filter(({ port }) => isHttp(port));
  const by = http.length > 0 ? http : found;
  return by.length > 1
    ? {
        by,
        doubt: `which of Services ${by.map(({ name }) => name).join(', ')} serves ${host ?? 'the backplane'} is not told: ${routed.why}`,
      }
    : { by, ...(by.length === 0 ? { doubt: 'no Service of the release has a port' } : {}) };
}

/** The ready pods that a Service hands requests to; undefined where it doesn't say. @throws KubeError or TransportError when pods can't be looked at */
export async function podsBehind(
  { api, namespace }: Pick<Place, 'api' | 'namespace'>,
  { selector, port }: Serving,
  signal: AbortSignal,
): Promise<readonly Pod[] | undefined> {
  if (selector === undefined) {
    return undefined;
  }
  const labels = Object.entries(selector)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
  const { items } = await api.list(pods, { namespace, labels }, { signal });
  const ready = items.filter(isReady);
  // A port that goes by a name leads to no pod without a port of that name.
  const named = ready.filter(({ spec }) =>
    spec?.containers.some(({ ports }) => ports?.some(({ name }) => name === port.targetPort)),
  );
  return named.length > 0 ? named : ready;
}

export function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata?.deletionTimestamp === undefined &&
    status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') === true
  );
}

/** Whether a pod, Deployment or Service is of the backplane: a migration ends, and the broadcast runs another image by design. */
export function isBackplanes({ metadata }: Pick<Pod | Service | Deployment, 'metadata'>): boolean {
  return !['migrate', 'broadcast'].includes(metadata?.labels?.['app.kubernetes.io/component'] ?? '');
}

/** Names of Services that the namespace's Ingresses send the host's requests to, and where there is none, why. */
async function routedTo({ api, namespace }: Pick<Place, 'api' | 'namespace'>, host: string, signal: AbortSignal) {
  try {
    const { items } = await api.list(ingresses, { namespace }, { signal });
    return { names: backendsFor(items, host), why: 'no Ingress of the namespace names one for it' };
  } catch (error) {
    signal.throwIfAborted();
    if (!isApiTrouble(error)) {
      throw error;
    }
    return { names: [], why: messageOf(error) };
  }
}

/** By the rules that fit best: an exact host before a wildcard before none, then the longest path. */
export function backendsFor(found: readonly Ingress[], host: string, path = '/version'): readonly string[] {
  const routes = found.flatMap(({ spec }) => [
    ...(spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map((each) => ({
        fit: [hostFit(rule.host ?? '', host), pathFit(each.path ?? '/', each.pathType, path)],
        name: each.backend.service?.name,
      })),
    ),
    ...(spec?.defaultBackend === undefined ? [] : [{ fit: [0, 0], name: spec.defaultBackend.service?.name }]),
  ]);
  const fitting = routes.filter(({ fit }) => fit.every((each) => each !== undefined));
  const [best] = fitting.toSorted((a, b) => (b.fit[0] ?? 0) - (a.fit[0] ?? 0) || (b.fit[1] ?? 0) - (a.fit[1] ?? 0));
  const chosen = fitting.filter(({ fit }) => fit[0] === best?.fit[0] && fit[1] === best?.fit[1]);
  return [...new Set(chosen.flatMap(({ name }) => name ?? []))];
}

function hostFit(pattern: string, host: string): number | undefined {
  if (pattern === '') {
    return 1;
  }
  if (pattern.startsWith('*.')) {
    return host.slice(host.indexOf('.')).toLowerCase() === pattern.slice(1).toLowerCase() ? 2 : undefined;
  }
  return pattern.toLowerCase() === host.toLowerCase() ? 3 : undefined;
}

function pathFit(pattern: string, type: string | undefined, path: string): number | undefined {
  const prefix = pattern.replace(/\/$/, '');
  const fits = pattern === path || (type !== 'Exact' && (path === prefix || path.startsWith(`${prefix}/`)));
  return fits ? pattern.length : undefined;
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

function servingOf(service: Service | undefined): readonly Serving[] {
  const { ports = [], selector } = service?.spec ?? {};
  const port = ports?.find(isHttp) ?? ports?.[0];
  if (port === undefined) {
    return [];
  }
  const selects = Object.keys(selector ?? {}).length > 0;
  return [{ name: service?.metadata?.name ?? '', port, ...(selects && selector ? { selector } : {}) }];
}

function isHttp({ name, port, targetPort }: ServicePort): boolean {
  return Number(targetPort ?? port) === PORT || name === 'http' || targetPort === 'http';
}
