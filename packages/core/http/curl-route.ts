import type { NetworkEnvironment } from '../config/network.ts';
import type { ProxyServer } from './proxy.ts';
import { proxyAsInCurl } from './proxy-rules.ts';
import { systemRoots } from './system-roots.ts';

export interface Route {
  /** Node's own roots where absent. */
  readonly ca?: readonly string[];
  readonly proxy?: ProxyServer;
}

/**
 * @param cacert for the host alone, not for a TLS proxy @throws UsageError for an invalid proxy or certificate variable
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
