import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { messageOf } from '../problem.ts';
import type { KubeApi } from './api.ts';
import { officialConfig, openingFault } from './official-config.ts';

export interface PortForward extends AsyncDisposable {
  /** Port on loopback. */
  readonly port: number;
  /** Why connections were cut so far: an answer that never comes is explained here. */
  readonly failures: readonly string[];
}

/**
 * Makes a pod's port reachable on a free port of loopback, until disposed of.
 *
 * @throws Error when no port of this machine could be opened; the pod is first asked when somebody connects
 */
export async function forwardPort(api: KubeApi, namespace: string, pod: string, podPort: number): Promise<PortForward> {
  const { PortForward: Forwarder } = await import('@kubernetes/client-node');
  const forwarder = new Forwarder(await officialConfig(api), true);
  const sockets = new Set<Socket>();
  const failures: string[] = [];
  const server = net.createServer((socket) => {
    const fail = (error: unknown) => {
      failures.push(messageOf(error));
      socket.destroy();
    };
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', fail);
    forwarder.portForward(namespace, pod, [podPort], socket, null, socket).then(
      (tunnel) => {
        // What the client has closed is of no use to anybody; an open one would keep this process alive.
        const close = () => (typeof tunnel === 'function' ? tunnel()?.close() : tunnel.close());
        if (socket.destroyed) {
          close();
        } else {
          socket.once('close', close);
        }
      },
      (thrown: unknown) => fail(openingFault(thrown, api)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    failures,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
