import { readFileSync } from 'node:fs';
import tls from 'node:tls';

/** What the variable is for, as `--help` says it. */
export const SSL_CERT_FILE_HELP = "PEM file with the system's roots, where they are elsewhere than usual";

/** Where distributions keep the bundle of the roots they trust; OpenSSL's own variable comes first. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The roots this system trusts, as curl takes them: Node by itself knows only Mozilla's, and a lab's own CA is put
 * into the system's.
 *
 * @returns undefined where the system has none, which leaves Node's
 */
export function systemRoots(sslCertFile: string | undefined): readonly string[] | undefined {
  for (const file of [...(sslCertFile === undefined ? [] : [sslCertFile]), ...BUNDLES]) {
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      // Not this distribution's place; the next one is tried.
    }
  }
  const store = 'getCACertificates' in tls ? tls.getCACertificates('system') : [];
  return store.length === 0 ? undefined : store;
}
