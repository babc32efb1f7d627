import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { classify, type Peer, type Phase, TransportError, timeoutError, tooLargeError } from './transport-error.ts';

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
  readonly agent?: Agent;
  /** For the whole exchange, last byte included, in milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

export interface TlsOptions {
  /** Roots to trust, in PEM; Node's own where absent. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
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
  const { url, connectTo } = request;
  const secure = url.protocol === 'https:';
  const host = bare(url.hostname);
  // Importing node:http by name makes Node load all of its fetch (40 ms) for exports that nobody asked for.
  const { request: send } = secure ? https : await import('node:http');
  return new Promise((resolve, reject) => {
    const outgoing = send({
      method: request.method ?? 'GET',
      host: connectTo?.host ?? host,
      port: connectTo?.port ?? portOf(url),
      path: url.pathname + url.search,
      headers: {
        host: url.host,
        // Node leaves it out of a DELETE, whose body is then taken for the next request on the connection.
        ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
        ...request.headers,
      },
      signal: request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]),
      ...(request.agent === undefined ? {} : { agent: request.agent }),
      ...(secure ? secureOptions(host, connectTo?.host ?? host, request.tls) : {}),
    });
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) {
        // One that is kept alive would collect listeners that nothing calls.
        reach(progress, 'asking');
        return;
      }
      socket.once('connect', () => reach(progress, secure ? 'securing' : 'asking'));
      socket.once('secureConnect', () => reach(progress, 'asking'));
    });
    outgoing.on('response', (response) => {
      reach(progress, 'reading');
      resolve(response);
    });
    outgoing.on('error', (error) => {
      // The other side may close a kept connection in the moment in which it is used again: that says nothing of it.
      const wasClosed = outgoing.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      if (wasClosed && outgoing.method === 'GET') {
        open(request, deadline, progress).then(resolve, reject);
      } else {
        reject(error);
      }
    });
    outgoing.end(request.body);
  });
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

/**
 * The certificate is checked against the URL's name, wherever the connection goes; an address has no SNI. Node checks
 * against the SNI or else against where it connects to, and keeps no connection on which someone else checks.
 */
function secureOptions(host: string, connectedTo: string, options: TlsOptions = {}) {
  const name = options.servername ?? host;
  const isName = isIP(name) === 0;
  return {
    servername: isName ? name : '',
    ...(isName || name === connectedTo
      ? {}
      : { checkServerIdentity: (_: string, cert: tls.PeerCertificate) => tls.checkServerIdentity(name, cert) }),
    ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    // Said in any case: unsaid, NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's shell would make every certificate a good one.
    rejectUnauthorized: options.rejectUnauthorized ?? true,
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
  return seen === undefined
    ? found
    : new TransportError(found.failure, `${found.observed} (${seen})`, found.hint, { cause: error });
}

const CERTIFICATE_FAILURES: ReadonlySet<string> = new Set([
  'tls-unknown-ca',
  'tls-self-signed',
  'tls-expired',
  'tls-not-yet-valid',
  'tls-hostname',
]);

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** A URL's hostname without the brackets of an IPv6 address. */
export function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function peerOf({ url, connectTo }: HttpRequest): Peer {
  const host = connectTo?.host ?? bare(url.hostname);
  const port = connectTo?.port ?? portOf(url);
  return { host: bare(url.hostname), endpoint: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` };
}
