import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { serveHttps } from '@meho/core/http/testing/local-server';
import type { Authority } from '@meho/core/testing/authority';

/** What a registry does to one request instead of answering it well. */
export type Interference =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly code: string }
  /** The connection ends once so many bytes of the answer's body were sent. */
  | { readonly cutAfterBytes: number }
  /** What it answers is another content. */
  | { readonly change: (body: Buffer) => Buffer };

export interface Asked {
  readonly method: string;
  readonly path: string;
  /** By `performance.now()`. */
  readonly atMs: number;
  readonly hasCredentials: boolean;
}

export interface RegistryFront extends AsyncDisposable {
  readonly host: string;
  readonly asked: readonly Asked[];
}

/** Stands before a real registry on 127.0.0.1 and passes on what it is not told to spoil. */
export async function startRegistryFront(
  registry: { readonly port: number },
  authority: Authority,
  interfere: (asked: Asked) => Interference | undefined,
): Promise<RegistryFront> {
  const asked: Asked[] = [];
  const certificate = await authority.issue({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] });
  const server = await serveHttps(certificate, (request, response) => {
    const seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      atMs: performance.now(),
      hasCredentials: request.headers.authorization !== undefined,
    };
    asked.push(seen);
    answer(request, response, interfere(seen), { port: registry.port, ca: authority.certificatePem }).catch(() =>
      response.destroy(),
    );
  });
  return {
    host: `127.0.0.1:${server.port}`,
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  interference: Interference | undefined,
  upstream: { readonly port: number; readonly ca: string },
): Promise<void> {
  if (interference !== undefined && 'status' in interference) {
    request.resume();
    response.writeHead(interference.status, { 'content-type': 'application/json', ...interference.headers });
    response.end(JSON.stringify({ errors: [{ code: interference.code, message: 'as the test wants it' }] }));
    return;
  }
  // With its own Host, so that the registry leads back here for the rest of an upload.
  const { method, url: path, headers } = request;
  const asking = https.request({ ...upstream, host: '127.0.0.1', method, path, headers });
  request.pipe(asking);
  const [told] = (await once(asking, 'response')) as [IncomingMessage];
  const whole = await buffer(told);
  const body = interference !== undefined && 'change' in interference ? interference.change(whole) : whole;
  // As long as it was, or the client would see a broken connection and no other content.
  response.writeHead(told.statusCode ?? 502, told.headers);
  if (interference !== undefined && 'cutAfterBytes' in interference) {
    response.write(body.subarray(0, interference.cutAfterBytes), () => response.destroy());
    return;
  }
  response.end(body);
}
