import { isIP } from 'node:net';
import { type Advice, adviceFor, type PeerKind } from './advice.ts';
import { type ProxyServer, proxyAdvice, proxyName } from './proxy.ts';

/** Distinguished as far as the user's next step differs. */
export type TransportFailure =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'connect-timeout'
  | 'tls-timeout'
  | 'answer-timeout'
  | 'body-timeout'
  | 'reset'
  | 'tls-unknown-ca'
  | 'tls-self-signed'
  | 'tls-expired'
  | 'tls-not-yet-valid'
  | 'tls-hostname'
  | 'tls-not-tls'
  | 'tls-refused-us'
  | 'tls-other'
  | 'not-http'
  | 'too-large'
  /** Unusable, or opens no route. */
  | 'proxy'
  /** 407 or 403. */
  | 'proxy-denied'
  | 'other';

/** What was seen, and where to look first. */
export class TransportError extends Error {
  readonly failure: TransportFailure;
  readonly observed: string;
  readonly hint: string;

  constructor(failure: TransportFailure, observed: string, hint: string, options?: ErrorOptions) {
    super(`${observed}; ${hint}`, options);
    this.name = 'TransportError';
    this.failure = failure;
    this.observed = observed;
    this.hint = hint;
  }
}

/** For messages only. */
export interface Peer {
  /** The certificate must carry it. */
  readonly host: string;
  /** `address:port` of the connection, with any proxy. */
  readonly endpoint: string;
  /** The backplane where absent. */
  readonly kind?: PeerKind;
  readonly proxy?: ProxyServer;
}

/** Says what was slow at a deadline. */
export type Phase = 'connecting' | 'tunnelling' | 'securing' | 'asking' | 'reading';

export function timeoutError(phase: Phase, peer: Peer, deadlineMs: number): TransportError {
  const limit = `${deadlineMs / 1000} s`;
  const advice = adviceFor[peer.kind ?? 'backplane'];
  switch (phase) {
    case 'connecting':
      if (peer.proxy !== undefined) {
        const observed = `no connection to ${proxyName(peer.proxy)} within ${limit}`;
        return new TransportError('proxy', observed, proxyAdvice(peer.proxy));
      }
      return new TransportError(
        'connect-timeout',
        `no TCP connection to ${peer.endpoint} within ${limit}`,
        'a firewall or network policy that drops packets, or a wrong address',
      );
    case 'tunnelling': {
      const name = peer.proxy === undefined ? 'the proxy' : proxyName(peer.proxy);
      const hint = peer.proxy === undefined ? advice.address : proxyAdvice(peer.proxy);
      return new TransportError('proxy', `${name} opened no way to ${peer.host} within ${limit}`, hint);
    }
    case 'securing':
      return new TransportError(
        'tls-timeout',
        `${peer.endpoint} accepted the connection but did not finish the TLS handshake within ${limit}`,
        'what listens there may not speak TLS, or is overloaded',
      );
    case 'asking':
      return new TransportError(
        'answer-timeout',
        `${peer.endpoint} accepted the request but sent no answer within ${limit}`,
        advice.silence,
      );
    case 'reading':
      return new TransportError(
        'body-timeout',
        `the answer of ${peer.endpoint} was not complete within ${limit}`,
        advice.silence,
      );
  }
}

export function tooLargeError(peer: Peer, limitBytes: number): TransportError {
  return new TransportError(
    'too-large',
    `${peer.endpoint} sent more than ${limitBytes} bytes`,
    `something else answers there: ${adviceFor[peer.kind ?? 'backplane'].address}`,
  );
}

type Explanation = readonly [failure: TransportFailure, observed: string, hint: string];

/** Goes by Node's `code`: OpenSSL's verification results, libuv's names, the parser's. */
function explain(code: string, text: string, { host, endpoint, kind }: Peer): Explanation | undefined {
  const advice = adviceFor[kind ?? 'backplane'];
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return ['dns', `the name ${host} does not resolve (${code})`, advice.name];
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return ['dns', `no DNS server answered for ${host} (${code})`, "check this machine's resolver, then run again"];
    case 'ECONNREFUSED':
      return ['refused', `${endpoint} refused the connection`, advice.listener];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return ['unreachable', `there is no route to ${endpoint} (${code})`, 'check the address, the VPN and the routes'];
    case 'ETIMEDOUT':
      return [
        'connect-timeout',
        `the connection to ${endpoint} timed out`,
        'a firewall or network policy that drops packets, or a wrong address',
      ];
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return ['reset', `${endpoint} closed the connection before it answered`, advice.silence];
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return ['tls-self-signed', `${endpoint} presents a self-signed certificate`, advice.trust];
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
      return [
        'tls-unknown-ca',
        `the certificate of ${endpoint} comes from a CA that is not trusted here`,
        advice.trust,
      ];
    case 'CERT_HAS_EXPIRED':
      return [
        'tls-expired',
        `the certificate of ${endpoint}, or one that it hangs on, has expired`,
        advice.certificate,
      ];
    case 'CERT_NOT_YET_VALID':
      return [
        'tls-not-yet-valid',
        `the certificate of ${endpoint} is not valid yet`,
        "compare this machine's clock with the certificate's dates",
      ];
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return ['tls-hostname', `the certificate of ${endpoint} is not for ${host}`, nameHint(host, kind, advice)];
    default:
      break;
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return explainOpenssl(code, text, endpoint, advice);
  }
  if (code.startsWith('ERR_TLS_') || TLS_VERIFICATION.has(code)) {
    return ['tls-other', `the TLS handshake with ${endpoint} failed (${code})`, advice.certificate];
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return ['too-large', `${endpoint} sent headers of more than 16 kB (${code})`, advice.silence];
  }
  if (code.startsWith('HPE_')) {
    return ['not-http', `what ${endpoint} sent is not HTTP (${code})`, advice.address];
  }
  return undefined;
}

/** Certificates are seldom for addresses: suggest giving the name too. */
function nameHint(host: string, kind: PeerKind | undefined, { certificate }: Advice): string {
  return isIP(host) !== 0 && (kind ?? 'backplane') === 'backplane'
    ? `give the name that it is for, and the address with --connect-to; or ${certificate}`
    : certificate;
}

/** Their code may be EPROTO, but the text is the same. */
function explainOpenssl(code: string, text: string, endpoint: string, advice: Advice): Explanation {
  const detail = /(?:routines|SSL):[^:]*:([^:]+):/.exec(text)?.[1] ?? code;
  if (/wrong.version.number|packet.length.too.long|http.request|unexpected.message/i.test(`${code} ${text}`)) {
    const hint = `a plain HTTP port was given, or nothing there has TLS: ${advice.address}`;
    return ['tls-not-tls', `${endpoint} does not speak TLS (${detail})`, hint];
  }
  return /alert/i.test(`${code} ${text}`)
    ? ['tls-refused-us', `${endpoint} refused the TLS handshake (${detail})`, advice.certificate]
    : ['tls-other', `the TLS handshake with ${endpoint} failed (${detail})`, advice.certificate];
}

const TLS_VERIFICATION = new Set([
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_CHAIN_TOO_LONG',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
]);

export function classify(error: unknown, peer: Peer): TransportError {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const explained = code === undefined ? undefined : explain(code, text, peer);
  if (explained !== undefined) {
    return new TransportError(...explained, { cause: error });
  }
  return new TransportError(
    'other',
    `the request to ${peer.endpoint} failed: ${text}`,
    adviceFor[peer.kind ?? 'backplane'].address,
    { cause: error },
  );
}

/** Node wraps one error around those of all addresses. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return codeOf(error.errors[0]);
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return undefined;
}
