import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';

/** A server on loopback for tests of what clients make of real answers. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

export interface KeyPair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export function serveHttps({ certificatePem, privateKeyPem }: KeyPair, handler: RequestListener): Promise<LocalServer> {
  const server = https.createServer({ cert: certificatePem, key: privateKeyPem }, handler);
  // A client that refuses the certificate is what such a test is about.
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

export function serveHttp(handler: RequestListener): Promise<LocalServer> {
  return listen(http.createServer(handler));
}

/** A bare TCP server: says whatever the test wants, or nothing. */
export function serveTcp(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listen(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
  );
}

/** A port that nothing listens on. */
export async function closedPort(): Promise<number> {
  await using server = await serveTcp(() => undefined);
  return server.port;
}

/** On a free port of loopback, until it is disposed of. */
export async function listen(server: Server): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
