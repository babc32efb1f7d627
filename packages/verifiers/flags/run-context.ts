import { hostAndPort } from '@meho/core/http/endpoint';
import type { ProxyServer } from '@meho/core/http/proxy';
import { safeLine } from '@meho/core/report/safe-text';
import type { KubeApi } from '@meho/kube/api/api';
import type { AccessOrigin, ClusterAccess } from '@meho/kube/kubeconfig/access';

/** In every JSON document, since a verdict depends on its cluster and rights; on the terminal only if unusual. */
export interface RunContext {
  readonly cluster?: ClusterContext;
  readonly helm?: HelmContext;
}

export interface ClusterContext {
  readonly from: AccessOrigin['from'];
  readonly server: string;
  readonly files?: readonly string[];
  /** KUBECONFIG entries that don't exist. */
  readonly missingFiles?: readonly string[];
  readonly context?: string;
  /** Not the kubeconfig's current one. */
  readonly otherContext?: true;
  readonly cluster?: string;
  readonly user?: string;
  /** E.g. `client certificate` or `exec plugin aws`. */
  readonly credentials: string;
  readonly impersonated?: {
    readonly user: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    /** Names only. */
    readonly extra?: readonly string[];
  };
  readonly proxy?: {
    /** Without its password. */
    readonly address: string;
    /** The kubeconfig's `proxy-url`, or a variable. */
    readonly from: string;
  };
  /** Certificate unchecked or absent. */
  readonly unverified?: true;
}

export interface HelmContext {
  readonly program: string;
  readonly version: string;
}

export function clusterContextOf(
  { access, connection }: Pick<KubeApi, 'access' | 'connection'>,
  safe: (text: string) => string,
): ClusterContext | undefined {
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
    ...(impersonation === undefined ? {} : { impersonated: describeImpersonation(impersonation, safe) }),
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

function describeImpersonation(
  { user, uid, groups, extra }: NonNullable<AccessOrigin['impersonation']>,
  safe: (text: string) => string,
): NonNullable<ClusterContext['impersonated']> {
  const names = Object.keys(extra);
  return {
    user: safe(user),
    ...(uid === undefined ? {} : { uid: safe(uid) }),
    ...(groups.length === 0 ? {} : { groups: groups.map(safe) }),
    ...(names.length === 0 ? {} : { extra: names.map(safe) }),
  };
}

/**
 * E.g. `using context lab of a.yaml, b.yaml; as bob in ops`; undefined for the current context of one file, used
 * directly as its own user.
 */
export function contextLine({ cluster, helm }: RunContext): string | undefined {
  const unusual = cluster === undefined ? [] : unusualOf(cluster);
  const own = helm === undefined || helm.program === 'helm' ? [] : [`helm ${helm.version} (${helm.program})`];
  if (unusual.length + own.length === 0) {
    return undefined;
  }
  const where = cluster === undefined ? [] : [`${placeOf(cluster)}, ${whoOf(cluster)}`];
  return safeLine(`using ${[...where, ...unusual, ...own].join('; ')}`);
}

function placeOf({ from, context, files = [], server }: ClusterContext): string {
  return from === 'service-account'
    ? `this pod's service account at ${server}`
    : `context ${context} of ${files.join(', ')}`;
}

function whoOf({ user, credentials }: ClusterContext): string {
  const shown = credentials === 'none' ? 'no credentials' : credentials;
  return user === undefined ? shown : `user ${user} (${shown})`;
}

function unusualOf(cluster: ClusterContext): readonly string[] {
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

function detailsOf({ uid, groups = [], extra = [] }: NonNullable<ClusterContext['impersonated']>): string {
  const parts = [
    ...(uid === undefined ? [] : [`UID ${uid}`]),
    ...(groups.length === 0 ? [] : [`groups ${groups.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`extra ${extra.join(', ')}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}
