import type { Environment } from '../config.ts';

/** How to open connections; http/proxy-rules.ts and http/system-roots.ts interpret it. */
export interface NetworkEnvironment {
  readonly proxies: ProxyVariables;
  readonly roots: RootVariables;
}

export const proxyVariables = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
  'REQUEST_METHOD',
] as const;

export type ProxyVariable = (typeof proxyVariables)[number];

/** Those set. May hold passwords. */
export type ProxyVariables = Readonly<Partial<Record<ProxyVariable, string>>>;

export interface RootVariables {
  /** SSL_CERT_FILE: OpenSSL's root certificates. */
  readonly sslCertFile?: string | undefined;
  /** SSL_CERT_DIR: colon-separated folders of them. */
  readonly sslCertDir?: string | undefined;
  /** CURL_CA_BUNDLE: curl's. */
  readonly curlCaBundle?: string | undefined;
}

export function readNetworkEnvironment(env: Environment = process.env): NetworkEnvironment {
  const value = (name: string) => (env[name] === '' ? undefined : env[name]);
  const set = proxyVariables.flatMap((name) => {
    const text = value(name);
    return text === undefined ? [] : [[name, text]];
  });
  return {
    proxies: Object.fromEntries(set),
    roots: {
      sslCertFile: value('SSL_CERT_FILE'),
      sslCertDir: value('SSL_CERT_DIR'),
      curlCaBundle: value('CURL_CA_BUNDLE'),
    },
  };
}
