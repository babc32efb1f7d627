import type { KubeConfig } from '@kubernetes/client-node';
import type { ClusterAccess } from './access.ts';

/**
 * The official client's configuration for the same access. Loading that client takes a third of a second: only what
 * needs its WebSockets (exec, port-forward) does.
 */
export async function officialConfig({ server, tls, identity }: ClusterAccess): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const { token, cert, key } = await identity.credentials();
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = new Config();
  config.loadFromOptions({
    clusters: [
      {
        name: 'cluster',
        server: server.href.replace(/\/$/, ''),
        skipTLSVerify: tls.rejectUnauthorized === false,
        ...(tls.ca === undefined ? {} : { caData: base64(tls.ca.join('\n')) }),
        ...(tls.servername === undefined ? {} : { tlsServerName: tls.servername }),
      },
    ],
    users: [
      {
        name: 'user',
        ...(token === undefined ? {} : { token }),
        ...(cert === undefined ? {} : { certData: base64(cert) }),
        ...(key === undefined ? {} : { keyData: base64(key) }),
        ...(identity.impersonate['impersonate-user'] === undefined
          ? {}
          : { impersonateUser: identity.impersonate['impersonate-user'] }),
      },
    ],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  return config;
}
