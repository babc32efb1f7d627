import { messageOf } from '@meho/core/problem';
import { selectorOf } from '@meho/helm/subject';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import {
  type Deployment,
  type Ingress,
  ingresses,
  type Pod,
  pods,
  type Service,
  services,
} from '@meho/kube/api/resource';
import type { ClusterView } from './cluster-view.ts';

/** Source: contract, "The backplane's surface". */
const PORT = 8000;

export interface ServingService {
  readonly name: string;
  readonly port: ServicePort;
  /** Absent if something else manages its endpoints. */
  readonly selector?: Readonly<Record<string, string>>;
}

type Place = Pick<ClusterView, 'api' | 'namespace' | 'release'>;

export interface ServingServices {
  /** All of these receive requests, as with a canary; if `doubt` is set, it is unknown which do. */
  readonly by: readonly ServingService[];
  /** Whether an Ingress of the namespace names the host. */
  readonly isRouted: boolean;
  readonly doubt?: string;
}

/**
 * Returns the Services that an Ingress names for the host, otherwise the release's own. A worker's Service may run
 * anything.
 *
 * @throws KubeError or TransportError if Services can't be read
 */
export async function servicesFor(
  cluster: Place,
  host: string | undefined,
  signal: AbortSignal,
): Promise<ServingServices> {
  const { api, namespace } = cluster;
  const [own, routed] = await Promise.all([
    api.list(services, { namespace, labels: selectorOf(cluster) }, { signal }),
    host === undefined ? { names: [], isRouted: false, why: 'no host is asked' } : findRoutes(cluster, host, signal),
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
    return { by: byIngress, isRouted: true };
  }
  const found = own.items.filter(isBackplane).flatMap((service) => servingOf(service));
  const http = found.filter(({ port }) => isHttp(port));
  const { isRouted } = routed;
  const by = http.length > 0 ? http : found;
  return by.length > 1
    ? {
        by,
        isRouted,
        doubt: `which of Services ${by.map(({ name }) => name).join(', ')} serves ${host ?? 'the backplane'} is not told: ${routed.why}`,
      }
    : { by, isRouted, ...(by.length === 0 ? { doubt: 'no Service of the release has a port' } : {}) };
}

/**
 * Returns the ready pods, or undefined if the Service has no selector.
 *
 * @throws KubeError or TransportError if pods can't be read
 */
export async function podsBehind(
  { api, namespace }: Pick<Place, 'api' | 'namespace'>,
  { selector, port }: ServingService,
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
  // A named port needs a pod with a port of that name.
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

/** Excludes the migration, which ends, and the broadcast, which runs another image by design. */
export function isBackplane({ metadata }: Pick<Pod | Service | Deployment, 'metadata'>): boolean {
  return !['migrate', 'broadcast'].includes(metadata?.labels?.['app.kubernetes.io/component'] ?? '');
}

async function findRoutes({ api, namespace }: Pick<Place, 'api' | 'namespace'>, host: string, signal: AbortSignal) {
  try {
    const { items } = await api.list(ingresses, { namespace }, { signal });
    const names = backendsFor(items, host);
    return names === undefined
      ? {
          names: [],
          isRouted: true,
          why: 'an Ingress of the namespace routes it by a pattern that its controller alone can read',
        }
      : { names, isRouted: names.length > 0, why: 'no Ingress of the namespace names one for it' };
  } catch (error) {
    signal.throwIfAborted();
    if (!isApiTrouble(error)) {
      throw error;
    }
    return { names: [], isRouted: false, why: messageOf(error) };
  }
}

interface Route {
  readonly host: number;
  readonly path: number;
  readonly name: string | undefined;
}

/**
 * Prefers an exact host, then a wildcard, no host, and the default backend; among these, like Kubernetes, the longest
 * path, and `Exact` before a prefix. Returns undefined if a controller's own pattern decides.
 */
export function backendsFor(found: readonly Ingress[], host: string, path = '/version'): readonly string[] | undefined {
  const routes = found.flatMap((ingress) => routesFor(ingress, host, path));
  const ofHost = bestBy(routes, (route) => route.host);
  if (ofHost.some((route) => Number.isNaN(route.path))) {
    return undefined;
  }
  return [...new Set(bestBy(ofHost, (route) => route.path).flatMap(({ name }) => name ?? []))];
}

function bestBy(routes: readonly Route[], score: (route: Route) => number): readonly Route[] {
  const best = Math.max(...routes.map(score));
  return routes.filter((route) => Number.isNaN(best) || score(route) === best);
}

function routesFor({ spec }: Ingress, host: string, path: string): readonly Route[] {
  const fallback = spec?.defaultBackend?.service?.name;
  const rules = (spec?.rules ?? []).flatMap((rule): readonly Route[] => {
    const ofHost = hostFit(rule.host ?? '', host);
    if (ofHost === undefined) {
      return [];
    }
    // A rule with nothing but a host sends everything to the default backend.
    const paths = rule.http?.paths ?? [{ path: '/', pathType: 'Prefix', backend: { service: { name: fallback } } }];
    return paths.flatMap(({ path: pattern, pathType, backend }) => {
      const ofPath = pathFit(pattern || '/', pathType, path);
      return ofPath === undefined ? [] : [{ host: ofHost, path: ofPath, name: backend.service?.name }];
    });
  });
  return spec?.defaultBackend === undefined ? rules : [...rules, { host: 0, path: 0, name: fallback }];
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

/** Returns NaN if the controller decides, as with nginx's regular expressions or `/*` of load balancers. */
function pathFit(pattern: string, type: string | undefined, path: string): number | undefined {
  if (type === 'Exact') {
    return pattern === path ? Number.POSITIVE_INFINITY : undefined;
  }
  if (type !== 'Prefix' && /[\\^$*+?()[\]{}|]/.test(pattern)) {
    return Number.NaN;
  }
  // Compares path elements, so a trailing slash on either side doesn't matter.
  const [prefix, asked] = [pattern.replace(/\/$/, ''), path.replace(/\/$/, '')];
  return asked === prefix || asked.startsWith(`${prefix}/`) ? prefix.length : undefined;
}

type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

export function servingOf(service: Service | undefined): readonly ServingService[] {
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
