import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { UsageError } from '../problem.ts';
import { Invalid } from './flags.ts';
import { caFile } from './values.ts';

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
 * @throws UsageError where the file that OpenSSL's variable names can't be read
 */
export function systemRoots(sslCertFile: string | undefined): readonly string[] | undefined {
  if (sslCertFile !== undefined) {
    const bundle = caFile(sslCertFile);
    if (bundle instanceof Invalid) {
      // Whoever sets it means it: going on with other roots would judge by something else than was asked for.
      throw new UsageError([`SSL_CERT_FILE: expected ${bundle.expected}, got ${JSON.stringify(sslCertFile)}`]);
    }
    return bundle.certificates;
  }
  for (const file of BUNDLES) {
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      // Not this distribution's place; the next one is tried.
    }
  }
  const store = 'getCACertificates' in tls ? tls.getCACertificates('system') : [];
  return store.length === 0 ? undefined : store;
}
