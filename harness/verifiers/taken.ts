import { hostAndPort } from '../http/endpoint.ts';
import type { ProxyServer } from '../http/proxy.ts';
import type { AccessOrigin, ClusterAccess } from '../kube/access.ts';
import type { KubeApi } from '../kube/api.ts';
import { safeLine } from '../report/safe-text.ts';

/**
 * What a run has taken from its surroundings: a verdict is about the cluster and the rights that it was made with. Stands
 * in every JSON document of a command that may use a cluster; on the terminal only where it isn't what anybody expects.
 */
export interface Taken {
  readonly cluster?: TakenCluster;
  readonly helm?: TakenHelm;
}

export interface TakenCluster {
  readonly from: AccessOrigin['from'];
  readonly server: string;
  readonly files?: readonly string[];
  /** Files of KUBECONFIG that aren't there. */
  readonly missingFiles?: readonly string[];
  readonly context?: string;
  /** The kubeconfig's current context is another one. */
  readonly otherContext?: true;
  readonly cluster?: string;
  readonly user?: string;
  /** E.g. `client certificate` or `exec plugin aws`. */
  readonly credentials: string;
  readonly impersonated?: {
    readonly user: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    /** Names alone. */
    readonly extra?: readonly string[];
  };
  readonly proxy?: {
    /** Without the password that it may hold. */
    readonly address: string;
    /** What names it: `proxy-url` of the kubeconfig, or a variable. */
    readonly from: string;
  };
  /** The server's certificate is not checked, or there is none. */
  readonly unverified?: true;
}

export interface TakenHelm {
  readonly program: string;
  readonly version: string;
}

/** @param safe makes names fit for a line */
export function takenCluster(
  { access, connection }: Pick<KubeApi, 'access' | 'connection'>,
  safe: (text: string) => string,
): TakenCluster | undefined {
  const { origin, server, tls } = access;
  const { proxy } = connection;
  if (origin === undefined) {
    return undefined;
  }
  const { from, files, missing, context, isOtherContext, cluster, user, credentials, impersonation } = origin;
  const isUnverified = tls.rejectUnauthorized === false || server.protocol === 'http:';
  return {
    from,
    server: safe(server.href),
    ...(files.length === 0 ? {} : { files: files.map(safe) }),
    ...(missing.length === 0 ? {} : { missingFiles: missing.map(safe) }),
    ...(context === undefined ? {} : { context: safe(context) }),
    ...(isOtherContext === true ? { otherContext: true as const } : {}),
    ...(cluster === undefined ? {} : { cluster: safe(cluster) }),
    ...(user === undefined ? {} : { user: safe(user) }),
    credentials: safe(credentials),
    ...(impersonation === undefined ? {} : { impersonated: impersonated(impersonation, safe) }),
    ...(proxy === undefined ? {} : { proxy: proxyOf(proxy, access, safe) }),
    ...(isUnverified ? { unverified: true as const } : {}),
  };
}

function proxyOf(
  { scheme, host, port, source }: ProxyServer,
  { proxyUrl }: ClusterAccess,
  safe: (text: string) => string,
) {
  return {
    address: safe(`${scheme}://${hostAndPort(host, port)}`),
    from: proxyUrl === undefined ? safe(source) : 'proxy-url',
  };
}

function impersonated(
  { user, uid, groups, extra }: NonNullable<AccessOrigin['impersonation']>,
  safe: (text: string) => string,
): NonNullable<TakenCluster['impersonated']> {
  const names = Object.keys(extra);
  return {
    user: safe(user),
    ...(uid === undefined ? {} : { uid: safe(uid) }),
    ...(groups.length === 0 ? {} : { groups: groups.map(safe) }),
    ...(names.length === 0 ? {} : { extra: names.map(safe) }),
  };
}

/**
 * The line that says so, e.g. `using context lab of a.yaml, b.yaml; as bob in ops`: undefined where it is the current context
 * of one file, asked directly, as its own user.
 */
export function takenLine({ cluster, helm }: Taken): string | undefined {
  const unusual = cluster === undefined ? [] : unusualOf(cluster);
  const own = helm === undefined || helm.program === 'helm' ? [] : [`helm ${helm.version} (${helm.program})`];
  if (unusual.length + own.length === 0) {
    return undefined;
  }
  const where = cluster === undefined ? [] : [`${placeOf(cluster)}, ${whoOf(cluster)}`];
  return safeLine(`using ${[...where, ...unusual, ...own].join('; ')}`);
}

function placeOf({ from, context, files = [], server }: TakenCluster): string {
  return from === 'service-account'
    ? `this pod's service account at ${server}`
    : `context ${context} of ${files.join(', ')}`;
}

function whoOf({ user, credentials }: TakenCluster): string {
  const shown = credentials === 'none' ? 'no credentials' : credentials;
  return user === undefined ? shown : `user ${user} (${shown})`;
}

function unusualOf(cluster: TakenCluster): readonly string[] {
  const { from, server, files = [], missingFiles = [], impersonated: as, proxy, unverified, otherContext } = cluster;
  const found = [
    ...(as === undefined ? [] : [`as ${as.user}${detailsOf(as)}`]),
    ...(proxy === undefined ? [] : [`through the proxy ${proxy.address} (${proxy.from})`]),
    ...(unverified === undefined
      ? []
      : [server.startsWith('http:') ? 'over plain HTTP, without TLS' : 'without checking whose server it is']),
    ...(missingFiles.length === 0 ? [] : [`${missingFiles.join(', ')} of KUBECONFIG not there`]),
    ...(otherContext === undefined ? [] : ['not the current context']),
  ];
  const isPlain = from === 'kubeconfig' && files.length === 1 && found.length === 0;
  return isPlain ? [] : found.length === 0 ? [from === 'kubeconfig' ? 'several files' : 'no kubeconfig'] : found;
}

function detailsOf({ uid, groups = [], extra = [] }: NonNullable<TakenCluster['impersonated']>): string {
  const parts = [
    ...(uid === undefined ? [] : [`UID ${uid}`]),
    ...(groups.length === 0 ? [] : [`groups ${groups.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`extra ${extra.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}
