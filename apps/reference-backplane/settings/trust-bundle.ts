import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/**
 * Like OpenSSL, replaces the built-in roots for the whole process; NODE_EXTRA_CA_CERTS adds to them.
 * @throws Error if the file is unreadable or holds no certificate
 */
export function trustBundle(file: string): void {
  const certificates = certificatesIn(readFileSync(file, 'utf8'));
  if (certificates.length === 0) {
    throw new Error(`${file} holds no PEM certificate`);
  }
  tls.setDefaultCACertificates([...certificates, ...tls.getCACertificates('extra')]);
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
