import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { adviceFor, type PeerKind } from './advice.ts';
import { Connections, type RoutedOptions } from './connections.ts';
import { bare, hostAndPort, portOf } from './endpoint.ts';
import { type ProxyServer, proxyAuthorization, proxyName } from './proxy.ts';
import { proxyRefusal } from './proxy-refusal.ts';
import { partialChainsAreTaken, secureOptions, type TlsOptions } from './tls-options.ts';
import { classify, type Peer, type Phase, TransportError, timeoutError, tooLargeError } from './transport-error.ts';

export type { TlsOptions } from './tls-options.ts';

/** HTTP by Node's own client: undici takes 60 ms longer to load, and a verifier's whole verdict has 250 to 330 ms. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: string;
  /** One with several values is sent once for each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  readonly tls?: TlsOptions;
  /** Where to open the connection instead of the URL's host; name, SNI and Host header stay those of the URL. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** The proxy that the connection goes through; whose rules say so is in proxy-rules.ts. */
  readonly proxy?: ProxyServer;
  /** Connections to keep for other requests; without, this one gets its own. */
  readonly agent?: Connections;
  /** What answers there, for what to look at when it doesn't; the backplane where absent. */
  readonly peer?: PeerKind;
  /** For the whole exchange, last byte included, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Where the time of a request went, in milliseconds; a connection that was kept from before cost nothing again. */
export interface Timing {
  /** Name look-up and TCP. */
  readonly connectMs: number;
  /** The TLS handshake. */
  readonly tlsMs: number;
  /** From the request until the answer's head is there. */
  readonly waitMs: number;
  /** The answer's body. */
  readonly readMs: number;
}

export interface TimedAnswer extends HttpAnswer {
  readonly timing: Timing;
}

/** How far a request has come, and when it came there. */
interface Progress {
  phase: Phase;
  readonly reached: Partial<Record<Phase, number>>;
}

const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * One request and its whole answer. Redirects are answers like any other: they are not followed.
 *
 * @param limitBytes of the answer's body; more is an error
 * @throws TransportError when no complete answer came; the signal's reason when it was aborted from outside
 */
export async function exchange(request: HttpRequest, limitBytes: number = ANSWER_LIMIT_BYTES): Promise<TimedAnswer> {
  const peer = peerOf(request);
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const progress = begun();
  try {
    const response = await open(request, deadline, progress);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      size += chunk.length;
      if (size > limitBytes) {
        throw tooLargeError(peer, limitBytes);
      }
      chunks.push(chunk);
    }
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      timing: timingOf(progress),
    };
  } catch (error) {
    request.signal?.throwIfAborted();
    throw await explained(error, request, peer, deadline, progress.phase);
  }
}

/**
 * Sends a request and gives the answer's stream once its head is there, e.g. for a watch.
 *
 * @throws TransportError when no head came within the deadline; the stream itself has none
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
  const forwarded = !secure && isForwarding(request);
  // Importing node:http by name makes Node load all of its fetch (40 ms) for exports that nobody asked for.
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
        // Node leaves it out of a DELETE, whose body is then taken for the next request on the connection.
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
    // Nobody asked for another protocol. Without a listener Node closes the connection and says nothing.
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(switchedProtocols(peerOf(request)));
    });
    outgoing.on('error', (error) => {
      // The other side may close a kept connection in the moment in which it is used again: that says nothing of it.
      const wasClosed = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (wasClosed && outgoing.method === 'GET') {
        again = true;
        open(request, deadline, progress).then(resolve, reject);
      } else {
        reject(error);
      }
    });
    // The last event of all, whatever ended the request: nobody is to wait for an answer after it.
    outgoing.on('close', () => {
      if (!again) {
        reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' }));
      }
    });
    // Bytes: with text, Node writes the head in its encoding as well, and a header beyond ASCII goes out as another.
    outgoing.end(request.body === undefined ? undefined : Buffer.from(request.body));
  });
}

/** Plain HTTP is handed to a proxy whole, unless the connection is to go elsewhere than the URL says: as curl does it. */
function isForwarding({ proxy, connectTo }: HttpRequest): boolean {
  return connectTo === undefined && (proxy?.scheme === 'http' || proxy?.scheme === 'https');
}

function forwardRoute({ url, proxy }: HttpRequest): RoutedOptions {
  const authorization = proxy && proxyAuthorization(proxy);
  return {
    host: proxy?.host,
    port: proxy?.port,
    path: `${url.origin}${url.pathname}${url.search}`,
    headers: authorization === undefined ? {} : { 'proxy-authorization': authorization },
    ...(proxy?.scheme === 'https' ? secureOptions(proxy.host, proxy.host, proxy.tls) : {}),
  };
}

/** To the target itself, through a tunnel where there is a proxy. */
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
      ...secureOptions(bare(url.hostname), target.host, request.tls),
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

/** A connection that is kept alive would collect listeners that nothing calls. */
function follow(socket: Socket, progress: Progress): void {
  const securing = 'secureConnecting' in socket && socket.secureConnecting === true;
  if (socket.connecting) {
    socket.once('connect', () => reach(progress, securing ? 'securing' : 'asking'));
  } else {
    reach(progress, securing ? 'securing' : 'asking');
  }
  if (securing) {
    socket.once('secureConnect', () => reach(progress, 'asking'));
  }
}

function switchedProtocols(peer: Peer): TransportError {
  const observed = `${peer.endpoint} switched to another protocol (101), which nobody had asked for`;
  return new TransportError('not-http', observed, adviceFor[peer.kind ?? 'backplane'].address);
}

function begun(): Progress {
  return { phase: 'connecting', reached: { connecting: performance.now() } };
}

function reach(progress: Progress, phase: Phase): void {
  progress.phase = phase;
  progress.reached[phase] = performance.now();
}

/** Of an exchange that has just come to its end. A phase that was left out, e.g. on a kept connection, took no time. */
function timingOf({ reached }: Progress): Timing {
  const end = performance.now();
  const reading = reached.reading ?? end;
  const asking = reached.asking ?? reading;
  const securing = reached.securing ?? asking;
  const connecting = reached.connecting ?? securing;
  return {
    connectMs: securing - connecting,
    tlsMs: asking - securing,
    waitMs: reading - asking,
    readMs: end - reading,
  };
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
  const found = classify(error, peer);
  if (!CERTIFICATE_FAILURES.has(found.failure)) {
    return found;
  }
  const { presentedCertificate } = await import('./presented-certificate.ts');
  const seen = await presentedCertificate(request);
  const hint = partialChainsAreTaken(request.tls)
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

/** The name is the one that the certificate must carry. */
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
