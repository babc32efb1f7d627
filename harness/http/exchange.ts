import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import tls from 'node:tls';
import { classify, type Peer, type Phase, TransportError, timeoutError, tooLargeError } from './transport-error.ts';

/** HTTP by Node's own client: undici takes 60 ms longer to load, and a verifier's whole verdict has 250 to 330 ms. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
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

const ANSWER_LIMIT_BYTES = 1024 * 1024;

/**
 * One request and its whole answer. Redirects are answers like any other: they are not followed.
 *
 * @param limitBytes of the answer's body; more is an error
 * @throws TransportError when no complete answer came; the signal's reason when it was aborted from outside
 */
export async function exchange(request: HttpRequest, limitBytes: number = ANSWER_LIMIT_BYTES): Promise<HttpAnswer> {
  const peer = peerOf(request);
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const progress: { phase: Phase } = { phase: 'connecting' };
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
  const progress: { phase: Phase } = { phase: 'connecting' };
  try {
    return await open(request, deadline.signal, progress);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw await explained(error, request, peerOf(request), deadline.signal, progress.phase);
  } finally {
    clearTimeout(timer);
  }
}

async function open(request: HttpRequest, deadline: AbortSignal, progress: { phase: Phase }): Promise<IncomingMessage> {
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
      headers: { host: url.host, ...request.headers },
      signal: request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]),
      ...(request.agent === undefined ? {} : { agent: request.agent }),
      ...(secure ? secureOptions(host, request.tls) : {}),
    });
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) {
        // One that is kept alive would collect listeners that nothing calls.
        progress.phase = 'asking';
        return;
      }
      socket.once('connect', () => {
        progress.phase = secure ? 'securing' : 'asking';
      });
      socket.once('secureConnect', () => {
        progress.phase = 'asking';
      });
    });
    outgoing.on('response', (response) => {
      progress.phase = 'reading';
      resolve(response);
    });
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
}

/** The certificate is checked against the URL's name, wherever the connection goes; an address has no SNI. */
function secureOptions(host: string, options: TlsOptions = {}) {
  const name = options.servername ?? host;
  return {
    servername: isIP(name) === 0 ? name : '',
    checkServerIdentity: (_: string, cert: tls.PeerCertificate) => tls.checkServerIdentity(name, cert),
    ...(options.ca === undefined ? {} : { ca: [...options.ca] }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
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
