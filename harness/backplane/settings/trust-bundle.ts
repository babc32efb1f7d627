import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/**
 * Makes every TLS connection of this process trust what SSL_CERT_FILE names. As with OpenSSL, the file takes the place of
 * the built-in roots; certificates of NODE_EXTRA_CA_CERTS are trusted beside it. Without the variable nothing changes.
 *
 * @throws Error when the file can't be read or holds no certificate
 */
export function trustBundle(file: string): void {
  const certificates = certificatesIn(readFileSync(file, 'utf8'));
  if (certificates.length === 0) {
    throw new Error(`${file} holds no PEM certificate`);
  }
  tls.setDefaultCACertificates([...certificates, ...tls.getCACertificates('extra')]);
}

/** The PEM certificates of a text, in their order. */
export function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
