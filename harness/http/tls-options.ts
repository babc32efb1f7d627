import { isIP } from 'node:net';
import tls from 'node:tls';
import { certificateOf, certificatesOf } from './pem.ts';

export interface TlsOptions {
  /** What to trust, in PEM: roots, intermediate CAs, servers' own certificates. Node's own roots where absent. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/**
 * The certificate is checked against the name that was asked for, wherever the connection goes; an address has no SNI.
 * Node checks against the SNI or else against where it connects to, and keeps no connection on which someone else checks.
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
    // An intermediate CA or the server's own certificate is enough, as for curl and Go. Node before 22.9 takes no notice.
    allowPartialTrustChain: true,
    // Said in any case: unsaid, NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's shell would make every certificate a good one.
    rejectUnauthorized: options.rejectUnauthorized ?? true,
  };
}

const contexts = new WeakMap<readonly string[], tls.SecureContext>();

/**
 * What Node makes of a list of trusted certificates, once for all connections that are given the same list: the roots of
 * a system take it 10 ms each time. The list itself is still said, because kept connections are told apart by it.
 */
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

/** Whether everything in the list is trusted as it would be by curl and Go: Node before 22.9 takes roots alone. */
export function partialChainsAreTaken({ ca = [] }: TlsOptions = {}, version = process.versions.node): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 9) || ca.flatMap(certificatesOf).every(isRoot);
}

function isRoot(pem: string): boolean {
  const certificate = certificateOf(pem);
  return certificate?.subject === certificate?.issuer;
}
