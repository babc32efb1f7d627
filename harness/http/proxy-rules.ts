import type { ProxyVariable, ProxyVariables } from '../config.ts';
import { UsageError } from '../problem.ts';
import { bare, portOf } from './endpoint.ts';
import { isExemptInCurl, isExemptInGo } from './no-proxy.ts';
import { type ProxyScheme, type ProxyServer, parseProxy } from './proxy.ts';

/**
 * By which proxy a connection goes. Each leg follows the tool that a verifier stands in for:
 *
 * | leg | tool | variables, the first that is set and not empty |
 * |---|---|---|
 * | API server | kubectl, helm (Go) | `proxy-url` of the kubeconfig before all; HTTPS_PROXY, https_proxy; for an http server HTTP_PROXY, http_proxy |
 * | host, issuer, GitHub | curl | https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY; for an http URL http_proxy, all_proxy, ALL_PROXY |
 *
 * Where the two differ: Go never asks a proxy for localhost and loopback addresses, curl does; Go doesn't know ALL_PROXY;
 * curl leaves HTTP_PROXY in upper case alone, Go refuses it where REQUEST_METHOD is set (both because a web server passes
 * a request's header `Proxy:` under that name); Go reads NO_PROXY before no_proxy, curl the other way round, and what the
 * list may hold differs (no-proxy.ts); a proxy without a port has port 80, 443 (https) or 1080 (socks) for Go, and 1080 or
 * 443 (https) for curl. `proxy-url` holds for every address, loopback and NO_PROXY included. Databases are never reached
 * through a proxy. Node's own NODE_USE_ENV_PROXY has no say.
 */
const goPorts: Readonly<Record<ProxyScheme, number>> = { http: 80, https: 443, socks5: 1080, socks5h: 1080 };
const curlPorts: Readonly<Record<ProxyScheme, number>> = { http: 1080, https: 443, socks5: 1080, socks5h: 1080 };

/** @throws UsageError for a variable that names no proxy we can use, where this URL is to go by it */
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
  // To Go both names mean the same: the proxy looks names up.
  return proxy.scheme === 'socks5' ? { ...proxy, scheme: 'socks5h' } : proxy;
}

/** The proxy of a kubeconfig's cluster. @throws UsageError */
export function proxyOfKubeconfig(text: string, source: string): ProxyServer {
  const proxy = parseProxy(text, { source, defaultPorts: goPorts, schemeMayLack: false });
  return proxy.scheme === 'socks5' ? { ...proxy, scheme: 'socks5h' } : proxy;
}

/** @throws UsageError for a variable that names no proxy we can use, where this URL is to go by it */
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
