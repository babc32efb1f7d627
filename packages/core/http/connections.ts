import https, { type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { type NameRules, nameCheck } from './server-identity.ts';
import type { TunnelRequest } from './tunnel.ts';

/** Never Node's shared agent: NODE_USE_ENV_PROXY gives that rules that none of our tools follows. */
export class Connections extends https.Agent {
  override createConnection(
    options: RoutedOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const { tunnel } = options;
    // Here, since with a check of the request's own Node keeps no connection.
    const checked: RoutedOptions = { ...options, checkServerIdentity: nameCheck(options) };
    if (tunnel === undefined || callback === undefined) {
      return super.createConnection(checked, callback);
    }
    import('./tunnel.ts')
      .then(({ openTunnel }) => openTunnel(tunnel))
      .then(
        (socket) => {
          // Node's types lack this option, which goes on to tls.connect.
          const over: RequestOptions = { ...checked, ...{ socket } };
          callback(null, super.createConnection(over) as Duplex);
        },
        (error) => callback(error, undefined as unknown as Duplex),
      );
    return undefined;
  }

  override getName(options?: RoutedOptions): string {
    const way = `${super.getName(options)}:${options?.name}:${options?.nameRules}`;
    const proxy = options?.tunnel?.proxy;
    return proxy === undefined ? way : `${way}:${proxy.scheme}:${proxy.host}:${proxy.port}`;
  }
}

export interface RoutedOptions extends RequestOptions {
  readonly tunnel?: TunnelRequest;
  /** What the certificate must be for; the connected host where absent. */
  readonly name?: string;
  readonly nameRules?: NameRules;
}
