import { type NetworkEnvironment, readNetworkEnvironment } from '../config.ts';
import type { ProxyServer } from '../http/proxy.ts';
import { proxyAsInGo, proxyOfKubeconfig } from '../http/proxy-rules.ts';
import { systemRoots } from '../http/system-roots.ts';
import type { TlsOptions } from '../http/tls-options.ts';
import type { ClusterAccess } from './access.ts';

/** How connections to an API server are opened. */
export interface Connection {
  readonly tls: TlsOptions;
  readonly proxy?: ProxyServer;
}

/**
 * By which proxy and with what trust an API server is asked, as kubectl and helm do it: what the kubeconfig says, and
 * for what it leaves open the environment and the system.
 *
 * @throws UsageError for a proxy that can't be used, or a file of roots that can't be read
 */
export function connectionOf(access: ClusterAccess, env: NetworkEnvironment = readNetworkEnvironment()): Connection {
  const { server, proxyUrl, description } = access;
  const tls = server.protocol === 'https:' ? trustOf(access, env) : access.tls;
  const proxy =
    proxyUrl === undefined
      ? proxyAsInGo(server, env.proxies)
      : proxyOfKubeconfig(proxyUrl.href, `proxy-url of ${description}`);
  // Go speaks to a proxy over TLS with the very trust that is meant for the server behind it.
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
