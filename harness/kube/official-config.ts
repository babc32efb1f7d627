import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from './access.ts';
import { authorizationOf } from './credentials.ts';

/**
 * The official client's configuration for the same access. Loading that client takes a third of a second: only what
 * needs its WebSockets (exec, port-forward) does.
 */
export async function officialConfig({ server, tls, identity, proxyUrl }: ClusterAccess): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const credentials = await identity.credentials();
  const { cert, key } = credentials;
  const authorization = authorizationOf(credentials);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  /** The client's own users know neither impersonated groups nor what is beside them. */
  class AccessConfig extends Config {
    override async applyToHTTPSOptions(options: RequestOptions): Promise<void> {
      await super.applyToHTTPSOptions(options);
      options.headers = {
        ...options.headers,
        ...identity.impersonate,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      };
    }
  }
  const config = new AccessConfig();
  config.loadFromOptions({
    clusters: [
      {
        name: 'cluster',
        server: server.href.replace(/\/$/, ''),
        skipTLSVerify: tls.rejectUnauthorized === false,
        ...(tls.ca === undefined ? {} : { caData: base64(tls.ca.join('\n')) }),
        ...(tls.servername === undefined ? {} : { tlsServerName: tls.servername }),
        ...(proxyUrl === undefined ? {} : { proxyUrl: proxyUrl.href }),
      },
    ],
    users: [
      {
        name: 'user',
        ...(cert === undefined ? {} : { certData: base64(cert) }),
        ...(key === undefined ? {} : { keyData: base64(key) }),
      },
    ],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  return config;
}
