import { isIP } from 'node:net';
import tls from 'node:tls';
import { certificateOf, certificatesOf } from './pem.ts';
import { type NameRules, withoutDot } from './server-identity.ts';

export interface TlsOptions {
  /** In PEM: roots, intermediate or server certificates; Node's roots where absent. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  /** curl's where absent. */
  readonly nameRules?: NameRules;
}

/**
 * Checks the certificate against the requested name, wherever it connects; the SNI has no dot at its end, and an address
 * none. For `Connections`, which checks the name: with a check of the request's own Node keeps no connection.
 */
export function secureOptions(host: string, options: TlsOptions = {}) {
  const name = options.servername ?? host;
  return {
    servername: isIP(name) === 0 ? withoutDot(name) : '',
    name,
    nameRules: options.nameRules ?? 'curl',
    ...(options.ca === undefined ? {} : { ca: [...options.ca], ...sharedContext(options.ca, options) }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    // An intermediate or server certificate is enough, as for curl and Go. Ignored before Node 22.9.
    allowPartialTrustChain: true,
    // Explicit: otherwise NODE_TLS_REJECT_UNAUTHORIZED=0 would accept every certificate.
    rejectUnauthorized: options.rejectUnauthorized ?? true,
  };
}

const contexts = new WeakMap<readonly string[], tls.SecureContext>();

/** Parsing a system's roots takes 10 ms each time. `ca` stays set, because kept connections are told apart by it. */
function sharedContext(
  ca: readonly string[],
  { cert, key }: TlsOptions,
): { readonly secureContext?: tls.SecureContext } {
  if (cert !== undefined || key !== undefined) {
    return {};
  }
  const secureContext = contexts.get(ca) ?? tls.createSecureContext({ ca: [...ca], allowPartialTrustChain: true });
  contexts.set(ca, secureContext);
  return { secureContext };
}

/** Before Node 22.9 only roots are trusted. */
export function acceptsPartialChains({ ca = [] }: TlsOptions = {}, version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (
    major > 22 || (major === 22 && minor >= 9) || ca.flatMap((pem) => certificatesOf(pem, 'openssl')).every(isRoot)
  );
}

function isRoot(pem: string): boolean {
  const certificate = certificateOf(pem);
  return certificate?.subject === certificate?.issuer;
}
