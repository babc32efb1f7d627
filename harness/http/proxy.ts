import { isIP } from 'node:net';
import { UsageError } from '../problem.ts';
import { hostAndPort } from './endpoint.ts';
import type { TlsOptions } from './tls-options.ts';

/** A proxy that connections go through. May hold a password: never printed but by `proxyName`. */
export interface ProxyServer {
  /** `socks5` looks names up itself here, `socks5h` leaves that to the proxy. */
  readonly scheme: ProxyScheme;
  readonly host: string;
  readonly port: number;
  readonly login?: { readonly user: string; readonly password: string };
  /** What names it: a variable, or a member of a kubeconfig. */
  readonly source: string;
  /** For a proxy that is itself spoken to over TLS. */
  readonly tls?: TlsOptions;
}

export type ProxyScheme = 'http' | 'https' | 'socks5' | 'socks5h';

const schemes: readonly ProxyScheme[] = ['http', 'https', 'socks5', 'socks5h'];

/** For messages, e.g. `the proxy proxy.example.com:3128 (HTTPS_PROXY)`. */
export function proxyName({ host, port, source }: ProxyServer): string {
  return `the proxy ${hostAndPort(host, port)} (${source})`;
}

/** Where to look when a proxy is in the way. A kubeconfig's own proxy knows no exceptions. */
export function proxyAdvice({ source }: ProxyServer): string {
  const exempt = /^[a-z_]*proxy$/i.test(source) ? '; what is to be reached without it goes into NO_PROXY' : '';
  return `check ${source}${exempt}`;
}

export interface ProxySyntax {
  /** For messages: the variable or member that holds the text. */
  readonly source: string;
  readonly defaultPorts: Readonly<Record<ProxyScheme, number>>;
  /** Without `scheme://` in front it is an http proxy, in the variables but not in a kubeconfig. */
  readonly schemeMayLack: boolean;
}

/** @throws UsageError that doesn't show the text, which may hold a password */
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

/** The value of Proxy-Authorization; undefined where the proxy was named without a user. */
export function proxyAuthorization({ login }: ProxyServer): string | undefined {
  return login === undefined ? undefined : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
}
