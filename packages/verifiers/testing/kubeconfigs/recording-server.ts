import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type KeyPair, listen } from '@meho/core/http/testing/local-server';
import { listKindOf } from '@meho/kube/testing/list-kind';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** Hashed. */
  readonly authorization: string;
  readonly fingerprint: string;
  readonly serverName: string;
  readonly impersonation: readonly string[];
}

/** Serves an empty cluster, with TLS if given a certificate. */
export interface RecordingServer extends AsyncDisposable {
  readonly port: number;
  /** Requests since the last call. */
  take(): readonly RecordedRequest[];
}

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
  let asked: RecordedRequest[] = [];
  const listener: RequestListener = (request, response) => {
    asked.push(recordOf(request));
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
            // Only who asks matters.
            rejectUnauthorized: false,
          },
          listener,
        );
  server.on('tlsClientError', () => undefined);
  const local = await listen(server);
  return {
    ...local,
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
  };
}

function recordOf({ method = '', url = '', headers, rawHeaders, socket }: IncomingMessage): RecordedRequest {
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
