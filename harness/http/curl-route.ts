import type { NetworkEnvironment } from '../config.ts';
import type { ProxyServer } from './proxy.ts';
import { proxyAsInCurl } from './proxy-rules.ts';
import { systemRoots } from './system-roots.ts';

/** How a host is reached and what vouches for it. */
export interface Route {
  /** Absent where it is not asked over TLS, and where this system has no roots: Node's own count then. */
  readonly ca?: readonly string[];
  readonly proxy?: ProxyServer;
}

/**
 * What curl would make of the environment for this URL.
 *
 * @param cacert as with curl's flag: for the host alone, not for a proxy that is itself asked over TLS
 * @throws UsageError for a variable that names no proxy, or no certificates
 */
export function routeAsInCurl(url: URL, env: NetworkEnvironment, cacert?: readonly string[]): Route {
  const ca = url.protocol === 'https:' ? (cacert ?? systemRoots(env.roots, 'openssl')) : undefined;
  const proxy = proxyAsInCurl(url, env.proxies);
  const proxyCa = proxy?.scheme === 'https' ? systemRoots(env.roots, 'openssl') : undefined;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined ? {} : { proxy: proxyCa === undefined ? proxy : { ...proxy, tls: { ca: proxyCa } } }),
  };
}
