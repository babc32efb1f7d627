import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { type KeyPair, type LocalServer, serveHttps } from '../http/testing/local-server.ts';
import { type Injected, injected, type ProveContext } from './story.ts';

/** What the real backplane answers is changed on its way; may also leave the client waiting or cut it off. */
export type Rewrite = (answer: HttpAnswer, response: ServerResponse) => void;

/** By path; the health path twice, since without and with a token it makes different promises. */
export interface Rewrites {
  readonly healthz?: Rewrite;
  readonly version?: Rewrite;
  readonly anonymous?: Rewrite;
  readonly operator?: Rewrite;
}

const deadlineMs = 10_000;

/**
 * A proxy in front of the release, on loopback, with a certificate for the release's host from the run's authority.
 * What isn't rewritten is the real backplane's answer, so that nothing else can go red.
 */
export async function front(context: ProveContext, rewrites: Rewrites): Promise<Injected> {
  const { environment, installed } = context;
  const server = await serveHttps(
    await environment.authority.issue({ dnsNames: [installed.site.host] }),
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

/** The same proxy without any change but the certificate that it shows. */
export async function frontWith(context: ProveContext, certificate: KeyPair): Promise<Injected> {
  return connectedTo(
    await serveHttps(certificate, (request, response) => {
      forward(context, request).then(
        (answer) => relay(answer, response),
        () => response.writeHead(502).end(),
      );
    }),
  );
}

/**
 * The verifier goes to this server instead of the ingress controller.
 *
 * @param isSlow whether something never comes: a busy machine gets the verifier's own patience otherwise
 */
export function connectedTo(server: LocalServer, isSlow = false): Injected {
  return injected(() => Promise.resolve(server[Symbol.asyncDispose]()), {
    flags: { 'connect-to': `127.0.0.1:${server.port}`, ...(isSlow ? { 'request-timeout': '5' } : {}) },
  });
}

function forward({ environment, installed }: ProveContext, request: IncomingMessage): Promise<HttpAnswer> {
  const { authorization } = request.headers;
  return exchange({
    url: new URL(request.url ?? '/', `https://${installed.site.host}`),
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

/** Another status, the rest as it was. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Rewrite {
  return (answer, response) => relay({ ...answer, status: code, headers: { ...answer.headers, ...headers } }, response);
}

/** Another body, as it is. */
export function body(text: string, contentType = 'application/json'): Rewrite {
  return (answer, response) =>
    relay({ ...answer, body: text, headers: { ...answer.headers, 'content-type': contentType } }, response);
}

/** The JSON object in the answer with members changed; `undefined` takes one away. */
export function members(changes: Readonly<Record<string, unknown>>): Rewrite {
  return (answer, response) =>
    relay({ ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), ...changes }) }, response);
}

/** A header set to another value, or taken away. */
export function header(name: string, value: string | undefined): Rewrite {
  return (answer, response) => {
    const { [name]: _, ...others } = answer.headers;
    relay({ ...answer, headers: value === undefined ? others : { ...others, [name]: value } }, response);
  };
}

/** The head of the answer, and then nothing for as long as the client waits. */
export const stalled: Rewrite = (answer, response) => {
  response.writeHead(answer.status, { ...passedOn(answer.headers), 'content-length': '1000' }).flushHeaders();
};

/** Nothing at all. */
export const silent: Rewrite = () => undefined;

/** Half of the body, then the connection is cut. */
export const cutOff: Rewrite = (answer, response) => {
  response.writeHead(answer.status, { ...passedOn(answer.headers), 'content-length': '1000' });
  response.write('{"half":', () => response.destroy());
};

/** More than anybody needs: two megabytes. */
export const huge: Rewrite = (answer, response) => relay({ ...answer, body: 'x'.repeat(2 * 1024 * 1024) }, response);
