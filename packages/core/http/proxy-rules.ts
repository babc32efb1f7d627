import type { ProxyVariable, ProxyVariables } from '../config/network.ts';
import { UsageError } from '../problem.ts';
import { bare, portOf } from './endpoint.ts';
import { isExemptInCurl, isExemptInGo } from './no-proxy.ts';
import { type ProxyScheme, type ProxyServer, parseProxy } from './proxy.ts';

/**
 * Chooses a connection's proxy as the tool that the verifier stands in for:
 *
 * | leg | tool | variables, the first that isn't empty |
 * |---|---|---|
 * | API server | kubectl, helm (Go) | `proxy-url`; HTTPS_PROXY, https_proxy (http: HTTP_PROXY, http_proxy) |
 * | others | curl | https_proxy, HTTPS_PROXY (http: http_proxy); all_proxy, ALL_PROXY |
 *
 * Go exempts localhost and loopback, and lacks ALL_PROXY. curl ignores HTTP_PROXY, Go refuses it with REQUEST_METHOD (a
 * web server passes a request's `Proxy:` header so). Go prefers NO_PROXY to no_proxy, curl the reverse; see
 * no-proxy.ts. Default ports: Go 80, 443 (https), 1080 (socks); curl 1080, 443 (https). The kubeconfig's `proxy-url`
 * has no exceptions. Databases use no proxy, and NODE_USE_ENV_PROXY has no say.
 */
const goPorts: Readonly<Record<ProxyScheme, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };
const curlPorts: Readonly<Record<ProxyScheme, number>> = { http: 1080, https: 443, socks5: 1080, socks5h: 1080 };

/** @throws UsageError for an unusable proxy that this URL needs */
export function proxyAsInGo(url: URL, env: ProxyVariables): ProxyServer | undefined {
  const secure = url.protocol === 'https:';
  const named = firstSet(env, secure ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']);
  if (named === undefined) {
    return undefined;
  }
  if (!secure && (env.REQUEST_METHOD ?? '') !== '') {
    throw new UsageError([
      `${named.source}: expected no proxy for plain http where REQUEST_METHOD is set: a web server may have put a request's header there; unset one of them`,
    ]);
  }
  const list = firstSet(env, ['NO_PROXY', 'no_proxy'])?.text ?? '';
  if (isExemptInGo(bare(url.hostname), portOf(url), list)) {
    return undefined;
  }
  const proxy = parseProxy(named.text, { source: named.source, defaultPorts: goPorts, schemeMayLack: true });
  // Go lets the proxy resolve names in both schemes.
  return proxy.scheme === 'socks5' ? { ...proxy, scheme: 'socks5h' } : proxy;
}

/** @throws UsageError */
export function proxyOfKubeconfig(text: string, source: string): ProxyServer {
  const proxy = parseProxy(text, { source, defaultPorts: goPorts, schemeMayLack: false });
  return proxy.scheme === 'socks5' ? { ...proxy, scheme: 'socks5h' } : proxy;
}

/** @throws UsageError for an unusable proxy that this URL needs */
export function proxyAsInCurl(url: URL, env: ProxyVariables): ProxyServer | undefined {
  const own: readonly ProxyVariable[] = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy'];
  const named = firstSet(env, [...own, 'all_proxy', 'ALL_PROXY']);
  const list = firstSet(env, ['no_proxy', 'NO_PROXY'])?.text ?? '';
  return named === undefined || isExemptInCurl(bare(url.hostname), list)
    ? undefined
    : parseProxy(named.text, { source: named.source, defaultPorts: curlPorts, schemeMayLack: true });
}

function firstSet(
  env: ProxyVariables,
  names: readonly ProxyVariable[],
): { readonly source: string; readonly text: string } | undefined {
  for (const source of names) {
    const text = env[source];
    if (text !== undefined && text !== '') {
      return { source, text };
    }
  }
  return undefined;
}
