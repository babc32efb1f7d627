import { type NetworkEnvironment, readNetworkEnvironment } from '@meho/core/config/network';
import type { ProxyServer } from '@meho/core/http/proxy';
import { proxyAsInGo, proxyOfKubeconfig } from '@meho/core/http/proxy-rules';
import { systemRoots } from '@meho/core/http/system-roots';
import type { TlsOptions } from '@meho/core/http/tls-options';
import type { ClusterAccess } from './access.ts';

export interface Connection {
  readonly tls: TlsOptions;
  readonly proxy?: ProxyServer;
}

/**
 * Decides as kubectl and helm do: the kubeconfig, then environment and system.
 * @throws UsageError for an unusable proxy or unreadable root certificates
 */
export function connectionOf(access: ClusterAccess, env: NetworkEnvironment = readNetworkEnvironment()): Connection {
  const { server, proxyUrl, description } = access;
  const tls: TlsOptions = { ...(server.protocol === 'https:' ? trustOf(access, env) : access.tls), nameRules: 'go' };
  const proxy =
    proxyUrl === undefined
      ? proxyAsInGo(server, env.proxies)
      : proxyOfKubeconfig(proxyUrl.href, `proxy-url of ${description}`);
  // Go trusts a TLS proxy by the server's roots.
  return { tls, ...(proxy === undefined ? {} : { proxy: { ...proxy, tls: withoutIdentity(tls) } }) };
}

function trustOf({ tls }: ClusterAccess, env: NetworkEnvironment): TlsOptions {
  if (tls.rejectUnauthorized === false || tls.ca !== undefined) {
    return tls;
  }
  const roots = systemRoots(env.roots, 'go');
  return roots === undefined ? tls : { ...tls, ca: roots };
}

function withoutIdentity({ cert: _, key: __, ...trust }: TlsOptions): TlsOptions {
  return trust;
}
