import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { messageOf } from '@meho/core/problem';
import type { KubeApi } from '../api/api.ts';
import { officialConfig, openingFault } from '../kubeconfig/official-config.ts';

export interface PortForward extends AsyncDisposable {
  /** On loopback. */
  readonly port: number;
  /** Explains an answer that never comes. */
  readonly failures: readonly string[];
}

/**
 * Forwards a free loopback port until disposed.
 * @throws Error if no local port opens; the pod is contacted on the first connection
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
        // An open tunnel would keep the process alive.
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
