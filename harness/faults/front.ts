import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { exchange, type HttpAnswer } from '@meho/core/http/exchange';
import { type KeyPair, type LocalServer, serveHttps } from '@meho/core/http/testing/local-server';
import { type Injection, injection, type ReleaseContext } from './fault.ts';

/** May also stall or cut the connection. */
export type Rewrite = (answer: HttpAnswer, response: ServerResponse) => void;

/** The health path has two contracts, without and with a token. */
export interface Rewrites {
  readonly healthz?: Rewrite;
  readonly version?: Rewrite;
  readonly anonymous?: Rewrite;
  readonly operator?: Rewrite;
}

const deadlineMs = 10_000;

/**
 * A proxy with a certificate from the run's authority. Whatever isn't rewritten comes from the real backplane, so
 * nothing else can fail.
 */
export async function front(context: ReleaseContext, rewrites: Rewrites): Promise<Injection> {
  const { environment, installed } = context;
  const server = await serveHttps(
    await environment.authority.issue({ dnsNames: [installed.target.host] }),
    (request, response) => {
      forward(context, request).then(
        (answer) => (rewriteFor(request, rewrites) ?? relay)(answer, response),
        () => response.writeHead(502, { 'content-type': 'text/plain' }).end('the proxy got no answer'),
      );
    },
  );
  const isSlow = Object.values(rewrites).some((rewrite) => rewrite === silent || rewrite === stalled);
  return connectedTo(server, isSlow);
}

/** Changes only the certificate. */
export async function frontWith(context: ReleaseContext, certificate: KeyPair): Promise<Injection> {
  return connectedTo(
    await serveHttps(certificate, (request, response) => {
      forward(context, request).then(
        (answer) => relay(answer, response),
        () => response.writeHead(502).end(),
      );
    }),
  );
}

/** @param isSlow whether an answer never comes; if not, a busy machine needs the default timeout */
export function connectedTo(server: LocalServer, isSlow = false): Injection {
  return injection(() => Promise.resolve(server[Symbol.asyncDispose]()), {
    onlyCommandLine: true,
    flags: { 'connect-to': `127.0.0.1:${server.port}`, ...(isSlow ? { 'request-timeout': '5' } : {}) },
  });
}

function forward({ environment, installed }: ReleaseContext, request: IncomingMessage): Promise<HttpAnswer> {
  const { authorization } = request.headers;
  return exchange({
    url: new URL(request.url ?? '/', `https://${installed.target.host}`),
    deadlineMs,
    headers: { accept: 'application/json', ...(authorization === undefined ? {} : { authorization }) },
    tls: { ca: [environment.authority.certificatePem] },
    connectTo: environment.ingress.address,
  });
}

function rewriteFor({ url, headers }: IncomingMessage, rewrites: Rewrites): Rewrite | undefined {
  switch (url) {
    case '/healthz':
      return rewrites.healthz;
    case '/version':
      return rewrites.version;
    case '/api/v1/health':
      return headers.authorization === undefined ? rewrites.anonymous : rewrites.operator;
    default:
      return undefined;
  }
}

const relay: Rewrite = (answer, response) => {
  response.writeHead(answer.status, passedOn(answer.headers)).end(answer.body);
};

function passedOn({ connection, 'transfer-encoding': chunks, 'content-length': length, ...rest }: IncomingHttpHeaders) {
  return rest;
}

export function status(code: number, headers: Readonly<Record<string, string>> = {}): Rewrite {
  return (answer, response) => relay({ ...answer, status: code, headers: { ...answer.headers, ...headers } }, response);
}

export function body(text: string, contentType = 'application/json'): Rewrite {
  return (answer, response) =>
    relay({ ...answer, body: text, headers: { ...answer.headers, 'content-type': contentType } }, response);
}

/** `undefined` removes a member. */
export function members(changes: Readonly<Record<string, unknown>>): Rewrite {
  return (answer, response) =>
    relay({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...changes }) }, response);
}

export function header(name: string, value: string | undefined): Rewrite {
  return (answer, response) => {
    const { [name]: _, ...others } = answer.headers;
    relay({ ...answer, headers: value === undefined ? others : { ...others, [name]: value } }, response);
  };
}

/** Sends the head and never the body. */
export const stalled: Rewrite = (answer, response) => {
  response.writeHead(answer.status, { ...passedOn(answer.headers), 'content-length': '1000' }).flushHeaders();
};

/** Never answers. */
export const silent: Rewrite = () => undefined;

/** Closes the connection within the body. */
export const cutOff: Rewrite = (answer, response) => {
  response.writeHead(answer.status, { ...passedOn(answer.headers), 'content-length': '1000' });
  response.write('{"half":', () => response.destroy());
};

/** Exceeds what a client should read: 2 MiB. */
export const huge: Rewrite = (answer, response) => relay({ ...answer, body: 'x'.repeat(2 * 1024 * 1024) }, response);
