import https, { type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TunnelRequest } from './tunnel.ts';

/**
 * Connections over TLS, kept for the next request or not, that go through a proxy where a request says so. Always one of
 * our own: what all of Node shares may be told by NODE_USE_ENV_PROXY to go by rules that no tool of ours follows.
 */
export class Connections extends https.Agent {
  override createConnection(
    options: RoutedOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const { tunnel } = options;
    if (tunnel === undefined || callback === undefined) {
      return super.createConnection(options, callback);
    }
    import('./tunnel.ts')
      .then(({ openTunnel }) => openTunnel(tunnel))
      .then(
        (socket) => {
          // Node's types don't know that this option is passed on to tls.connect.
          const over: RequestOptions = { ...options, ...{ socket } };
          callback(null, super.createConnection(over) as Duplex);
        },
        (error) => callback(error, undefined as unknown as Duplex),
      );
    return undefined;
  }

  override getName(options?: RoutedOptions): string {
    const name = super.getName(options);
    const proxy = options?.tunnel?.proxy;
    return proxy === undefined ? name : `${name}:${proxy.scheme}:${proxy.host}:${proxy.port}`;
  }
}

export interface RoutedOptions extends RequestOptions {
  readonly tunnel?: TunnelRequest;
}
