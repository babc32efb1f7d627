import { isIP } from 'node:net';
import tls from 'node:tls';
import { certificateOf, certificatesOf } from './pem.ts';

export interface TlsOptions {
  /** In PEM: roots, intermediate or server certificates; Node's roots where absent. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * Checks the certificate against the requested name, wherever it connects; an address has no SNI. Node would check the
 * SNI or the connected host, and keeps no connection with a custom check.
 */
export function secureOptions(host: string, connectedTo: string, options: TlsOptions = {}) {
  const name = options.servername ?? host;
  const isName = isIP(name) === 0;
  return {
    servername: isName ? name : '',
    ...(isName || name === connectedTo
      ? {}
      : { checkServerIdentity: (_: string, cert: tls.PeerCertificate) => tls.checkServerIdentity(name, cert) }),
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
  return major > 22 || (major === 22 && minor >= 9) || ca.flatMap(certificatesOf).every(isRoot);
}

function isRoot(pem: string): boolean {
  const certificate = certificateOf(pem);
  return certificate?.subject === certificate?.issuer;
}
