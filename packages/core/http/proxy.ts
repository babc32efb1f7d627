import { isIP } from 'node:net';
import { UsageError } from '../problem.ts';
import { hostAndPort } from './endpoint.ts';
import type { TlsOptions } from './tls-options.ts';

/** May hold a password: print only by `proxyName`. */
export interface ProxyServer {
  /** `socks5` resolves names here, `socks5h` at the proxy. */
  readonly scheme: ProxyScheme;
  readonly host: string;
  readonly port: number;
  readonly login?: { readonly user: string; readonly password: string };
  /** A variable, or a kubeconfig's member. */
  readonly source: string;
  /** For an https proxy. */
  readonly tls?: TlsOptions;
}

export type ProxyScheme = 'http' | 'https' | 'socks5' | 'socks5h';

const schemes: readonly ProxyScheme[] = ['http', 'https', 'socks5', 'socks5h'];

/** E.g. `the proxy proxy.example.com:3128 (HTTPS_PROXY)`. */
export function proxyName({ host, port, source }: ProxyServer): string {
  return `the proxy ${hostAndPort(host, port)} (${source})`;
}

/** A kubeconfig's proxy has no exceptions to advise. */
export function proxyAdvice({ source }: ProxyServer): string {
  const exempt = /^[a-z_]*proxy$/i.test(source) ? '; what is to be reached without it goes into NO_PROXY' : '';
  return `check ${source}${exempt}`;
}

export interface ProxySyntax {
  /** For messages. */
  readonly source: string;
  readonly defaultPorts: Readonly<Record<ProxyScheme, number>>;
  /** For variables, where a missing scheme means http; not for a kubeconfig. */
  readonly schemeMayLack: boolean;
}

/** @throws UsageError without the text, which may hold a password */
export function parseProxy(text: string, { source, defaultPorts, schemeMayLack }: ProxySyntax): ProxyServer {
  const wrong = (what: string, cause?: unknown) =>
    new UsageError([`${source}: expected the URL of a proxy, like http://proxy.example.com:3128, but ${what}`], {
      cause,
    });
  const [, written, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  if (written === undefined && !schemeMayLack) {
    throw wrong('it does not begin with http://, https:// or socks5://');
  }
  const scheme = schemes.find((known) => known === (written ?? 'http').toLowerCase());
  if (scheme === undefined) {
    throw wrong(`${written}:// is not supported; ${schemes.join(', ')} are`);
  }
  const [, userinfo, bracketed, name, digits] =
    /^(?:([^/?#]*)@)?(?:\[([^\]]*)\]|([^\s:/?#@[\]]+))(?::(\d*))?(?:[/?#].*)?$/s.exec(rest) ?? [];
  const host = bracketed ?? name ?? '';
  if (bracketed === undefined ? !/^[\w.-]+$/.test(host) : isIP(bracketed) !== 6) {
    throw wrong('host or port can not be read');
  }
  const port = digits === undefined || digits === '' ? defaultPorts[scheme] : Number(digits);
  if (port < 1 || port > 65_535) {
    throw wrong(`${port} is no port`);
  }
  try {
    return { scheme, host, port, source, ...(userinfo === undefined ? {} : { login: loginOf(userinfo) }) };
  } catch (error) {
    throw wrong('its user or password has a % that begins no escape', error);
  }
}

function loginOf(userinfo: string): { readonly user: string; readonly password: string } {
  const colon = userinfo.indexOf(':');
  const [user, password] = colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return { user: decodeURIComponent(user), password: decodeURIComponent(password) };
}

/** Proxy-Authorization; undefined without a user. */
export function proxyAuthorization({ login }: ProxyServer): string | undefined {
  return login === undefined ? undefined : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}
