import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Connections } from '@meho/core/http/connections';
import { bare, portOf } from '@meho/core/http/endpoint';
import { secureOptions } from '@meho/core/http/tls-options';
import { classify, TransportError } from '@meho/core/http/transport-error';
import type { KubeApi } from '../api/api.ts';
import { authorizationOf } from './credentials.ts';

const openingMs = 15_000;

/** For the official client's WebSockets (exec, port-forward). Loading it takes a third of a second. */
export async function officialConfig({ access, connection }: KubeApi): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const { server, identity } = access;
  const { tls, proxy } = connection;
  const host = bare(server.hostname);
  /** The client itself obeys NODE_TLS_REJECT_UNAUTHORIZED and lacks impersonated groups and our proxies. */
  class AccessConfig extends Config {
    override async applyToHTTPSOptions(options: RequestOptions & { handshakeTimeout?: number }): Promise<void> {
      const credentials = await identity.credentials();
      const { cert, key } = credentials;
      const authorization = authorizationOf(credentials);
      options.headers = {
        ...options.headers,
        ...identity.impersonate,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      };
      options.handshakeTimeout = openingMs;
      if (server.protocol !== 'https:') {
        return;
      }
      const identified = { ...tls, ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
      const target = { host, port: portOf(server) };
      Object.assign(options, secureOptions(host, identified), {
        agent: new Connections({ keepAlive: false }),
        ...(proxy === undefined ? {} : { tunnel: { proxy, target, signal: AbortSignal.timeout(openingMs) } }),
      });
    }
  }
  const config = new AccessConfig();
  config.loadFromOptions({
    clusters: [{ name: 'cluster', server: server.href.replace(/\/$/, '') }],
    users: [{ name: 'user' }],
    contexts: [{ name: 'context', cluster: 'cluster', user: 'user' }],
    currentContext: 'context',
  });
  return config;
}

/** Finds the fault: the official client throws the WebSocket's event. */
export function openingFault(thrown: unknown, { access, connection }: KubeApi): Error {
  const { server } = access;
  const error = thrown instanceof Error ? thrown : eventError(thrown);
  if (error instanceof TransportError || !('code' in error)) {
    return error;
  }
  const host = connection.tls.servername ?? bare(server.hostname);
  return classify(error, { host, endpoint: `${bare(server.hostname)}:${portOf(server)}`, kind: 'api-server' });
}

function eventError(event: unknown): Error {
  const error = typeof event === 'object' && event !== null && 'error' in event ? event.error : undefined;
  return error instanceof Error ? error : new Error('the connection was not opened', { cause: event });
}
