import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { finished } from 'node:stream';
import { adviceFor, type PeerKind } from './advice.ts';
import { Connections, type RoutedOptions } from './connections.ts';
import { bare, hostAndPort, portOf } from './endpoint.ts';
import { type ProxyServer, proxyAuthorization, proxyName } from './proxy.ts';
import { proxyRefusal } from './proxy-refusal.ts';
import { begun, follow, type Progress, reach, type Timing, timingOf } from './timing.ts';
import { acceptsPartialChains, secureOptions, type TlsOptions } from './tls-options.ts';
import { classify, type Peer, type Phase, TransportError, timeoutError, tooLargeError } from './transport-error.ts';

export type { Timing } from './timing.ts';
export type { TlsOptions } from './tls-options.ts';

/** Uses Node's own client: undici takes 60 ms more to load, of a verdict's 250 to 330 ms. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: string;
  /** Several values become several headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly tls?: TlsOptions;
  /** Connects here; name, SNI and Host header stay the URL's. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** Chosen by the caller (proxy-rules.ts). */
  readonly proxy?: ProxyServer;
  /** Connections to reuse; absent, the request gets its own. */
  readonly agent?: Connections;
  /** For advice on failure; the backplane where absent. */
  readonly peer?: PeerKind;
  /** Including the last byte. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface TimedAnswer extends HttpAnswer {
  readonly timing: Timing;
}

const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * Doesn't follow redirects.
 * @param limitBytes of the body @throws TransportError without a complete answer; the signal's reason on abort
 */
export async function exchange(request: HttpRequest, limitBytes: number = ANSWER_LIMIT_BYTES): Promise<TimedAnswer> {
  const peer = peerOf(request);
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const progress = begun();
  try {
    const response = await open(request, deadline, progress);
    const body = await readBody(response, () => tooLargeError(peer, limitBytes), limitBytes);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: body.toString('utf8'),
      timing: timingOf(progress),
    };
  } catch (error) {
    request.signal?.throwIfAborted();
    throw await explained(error, request, peer, deadline, progress.phase);
  }
}

/** By events: an async iterator costs a short answer more than its bytes do. */
function readBody(response: IncomingMessage, tooLarge: () => Error, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        response.destroy(tooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    finished(response, (error) => (error == null ? resolve(Buffer.concat(chunks)) : reject(error)));
  });
}

/**
 * E.g. for a watch.
 * @throws TransportError without a head in time; the stream has no deadline
 */
export async function openStream(request: HttpRequest): Promise<IncomingMessage> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), request.deadlineMs);
  const progress = begun();
  try {
    return await open(request, deadline.signal, progress);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw await explained(error, request, peerOf(request), deadline.signal, progress.phase);
  } finally {
    clearTimeout(timer);
  }
}

async function open(request: HttpRequest, deadline: AbortSignal, progress: Progress): Promise<IncomingMessage> {
  const { url, proxy } = request;
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]);
  signal.throwIfAborted();
  const secure = url.protocol === 'https:';
  const forwarded = isForwarded(request);
  // A named import of node:http loads all of fetch (40 ms).
  const { request: send } = secure || (forwarded && proxy?.scheme === 'https') ? https : await import('node:http');
  const route = forwarded ? forwardRoute(request) : await directRoute(request, signal, progress);
  return new Promise((resolve, reject) => {
    let again = false;
    const outgoing = send({
      method: request.method ?? 'GET',
      path: url.pathname + url.search,
      signal,
      ...route,
      headers: {
        host: url.host,
        // Node omits it from DELETE, whose body would then count as the next request.
        ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
        ...request.headers,
        ...route.headers,
      },
    });
    outgoing.on('socket', (socket) => follow(socket, progress));
    outgoing.on('response', (response) => {
      if (forwarded && proxy !== undefined && response.statusCode === 407) {
        response.destroy();
        reject(proxyRefusal(proxy, url.host, 407));
        return;
      }
      if (response.statusCode === 101) {
        response.destroy();
        reject(switchedProtocols(peerOf(request)));
        return;
      }
      reach(progress, 'reading');
      resolve(response);
    });
    // Without a listener Node closes the connection silently.
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(switchedProtocols(peerOf(request)));
    });
    outgoing.on('error', (error) => {
      // The peer may close a kept connection just as it is reused: no fault of its own.
      const wasClosed = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (wasClosed && outgoing.method === 'GET') {
        again = true;
        open(request, deadline, progress).then(resolve, reject);
      } else {
        reject(error);
      }
    });
    // The last event: nothing comes after it.
    outgoing.on('close', () => {
      if (!again) {
        reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
      }
    });
    // With text Node re-encodes the head too, and non-ASCII headers with it.
    outgoing.end(request.body === undefined ? undefined : Buffer.from(request.body));
  });
}

/** Plain HTTP goes to a proxy whole, as in curl, unless connectTo differs. */
function isForwarded({ url, proxy, connectTo }: HttpRequest): boolean {
  return url.protocol === 'http:' && connectTo === undefined && (proxy?.scheme === 'http' || proxy?.scheme === 'https');
}

function forwardRoute({ url, proxy }: HttpRequest): RoutedOptions {
  const authorization = proxy && proxyAuthorization(proxy);
  return {
    host: proxy?.host,
    port: proxy?.port,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
    ...(proxy?.scheme === 'https'
      ? { agent: new Connections({ keepAlive: false }), ...secureOptions(proxy.host, proxy.tls) }
      : {}),
  };
}

/** Connects to the target, through any proxy's tunnel. */
async function directRoute(request: HttpRequest, signal: AbortSignal, progress: Progress): Promise<RoutedOptions> {
  const { url, proxy } = request;
  const target = targetOf(request);
  const tunnel =
    proxy === undefined ? undefined : { proxy, target, signal, onPhase: (phase: Phase) => reach(progress, phase) };
  if (url.protocol === 'https:') {
    return {
      ...target,
      agent: request.agent ?? new Connections({ keepAlive: false }),
      ...(tunnel === undefined ? {} : { tunnel }),
      ...secureOptions(bare(url.hostname), request.tls),
    };
  }
  if (tunnel === undefined) {
    const { Agent } = await import('node:http');
    return { ...target, agent: new Agent({ keepAlive: false }) };
  }
  const { openTunnel } = await import('./tunnel.ts');
  const socket = await openTunnel(tunnel);
  return { ...target, createConnection: () => socket };
}

function switchedProtocols(peer: Peer): TransportError {
  const observed = `${peer.endpoint} switched to another protocol (101), which nobody had asked for`;
  return new TransportError('not-http', observed, adviceFor[peer.kind ?? 'backplane'].address);
}

async function explained(
  error: unknown,
  request: HttpRequest,
  peer: Peer,
  deadline: AbortSignal,
  phase: Phase,
): Promise<TransportError> {
  if (error instanceof TransportError) {
    return error;
  }
  if (deadline.aborted) {
    return timeoutError(phase, peer, request.deadlineMs);
  }
  if (request.proxy !== undefined && isForwarded(request) && (phase === 'connecting' || phase === 'securing')) {
    const { proxyFault } = await import('./tunnel.ts');
    return proxyFault(error, request.proxy);
  }
  const found = classify(error, peer);
  if (!CERTIFICATE_FAILURES.has(found.failure)) {
    return found;
  }
  const { presentedCertificate } = await import('./presented-certificate.ts');
  const seen = await presentedCertificate(request);
  const hint = acceptsPartialChains(request.tls)
    ? found.hint
    : `${found.hint}; an intermediate CA, or the server's own certificate, is enough from Node 22.9 on, and this is ${process.version}`;
  return new TransportError(found.failure, seen === undefined ? found.observed : `${found.observed} (${seen})`, hint, {
    cause: error,
  });
}

const CERTIFICATE_FAILURES: ReadonlySet<string> = new Set([
  'tls-unknown-ca',
  'tls-self-signed',
  'tls-expired',
  'tls-not-yet-valid',
  'tls-hostname',
]);

function targetOf({ url, connectTo }: HttpRequest): { readonly host: string; readonly port: number } {
  return { host: connectTo?.host ?? bare(url.hostname), port: connectTo?.port ?? portOf(url) };
}

/** The certificate must carry this name. */
function peerOf(request: HttpRequest): Peer {
  const { url, tls, proxy, peer } = request;
  const { host, port } = targetOf(request);
  const by = proxy === undefined ? '' : ` through ${proxyName(proxy)}`;
  return {
    host: tls?.servername ?? bare(url.hostname),
    endpoint: `${hostAndPort(host, port)}${by}`,
    ...(peer === undefined ? {} : { kind: peer }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
