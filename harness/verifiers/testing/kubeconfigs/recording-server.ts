import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { KeyPair } from '../../../http/testing/local-server.ts';
import { listKindOf } from '../../../kube/testing/list-kind.ts';

/** Who asked and how: what an API server can tell of a client. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** By its hash. */
  readonly authorization: string;
  /** Of the client's certificate. */
  readonly fingerprint: string;
  readonly serverName: string;
  readonly impersonation: readonly string[];
}

/** A real server, with TLS where it is given a certificate, of an empty cluster, that writes down who asked. */
export interface RecordingServer extends AsyncDisposable {
  readonly port: number;
  /** What was asked since the last time. */
  take(): readonly Asked[];
}

/** What an empty cluster answers to all that is asked of it here. */
function answerTo(request: IncomingMessage): object {
  return request.url?.endsWith('/selfsubjectreviews') === true
    ? {
        kind: 'SelfSubjectReview',
        metadata: { creationTimestamp: new Date().toISOString() },
        status: { userInfo: { username: 'nobody' } },
      }
    : { kind: listKindOf(request), apiVersion: 'v1', metadata: {}, items: [] };
}

export async function recordRequests(keyPair: KeyPair | undefined, status = 200): Promise<RecordingServer> {
  let asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(askedBy(request));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answerTo(request)));
  };
  const server: Server =
    keyPair === undefined
      ? http.createServer(listener)
      : https.createServer(
          {
            cert: keyPair.certificatePem,
            key: keyPair.privateKeyPem,
            requestCert: true,
            // Who is let in is not the question here, but who is there.
            rejectUnauthorized: false,
          },
          listener,
        );
  server.on('tlsClientError', () => undefined);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) {
        socket.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

function askedBy({ method = '', url = '', headers, rawHeaders, socket }: IncomingMessage): Asked {
  const tls = 'getPeerCertificate' in socket ? (socket as TLSSocket) : undefined;
  const serverName: unknown = tls === undefined ? '' : Reflect.get(tls, 'servername');
  return {
    method,
    path: url,
    authorization: headers.authorization === undefined ? '' : hashOf(headers.authorization),
    fingerprint: tls?.getPeerCertificate().fingerprint256 ?? '',
    serverName: typeof serverName === 'string' ? serverName : '',
    impersonation: rawHeaders
      .flatMap((name, at) => (at % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[at + 1]}`] : []))
      .filter((line) => line.startsWith('impersonate-'))
      .toSorted(),
  };
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
