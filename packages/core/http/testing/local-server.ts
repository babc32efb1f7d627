import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';

export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

export interface KeyPair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export function serveHttps({ certificatePem, privateKeyPem }: KeyPair, handler: RequestListener): Promise<LocalServer> {
  const server = https.createServer({ cert: certificatePem, key: privateKeyPem }, handler);
  // Such tests expect clients to refuse the certificate.
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

export function serveHttp(handler: RequestListener): Promise<LocalServer> {
  return listen(http.createServer(handler));
}

export function serveTcp(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listen(
    net.createServer((socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
  );
}

/**
 * Nobody listens there, nor will: who asks for any port gets one from 32768 on. A port that was a server's a moment ago can be
 * that of another test's server in the next.
 */
export async function closedPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(20_000, 30_000);
    if (await refuses(port)) {
      return port;
    }
  }
  throw new Error('expected a closed port between 20000 and 30000, found 100 that are not');
}

async function refuses(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

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
