import { X509Certificate } from 'node:crypto';

/**
 * Skips invalid blocks, as Go does. Node would trust nothing after one.
 * @param reader of OpenSSL's other markers: with `TRUSTED`, the block says for what it may vouch, which Node regards
 */
export function certificatesOf(pem: string, reader: 'go' | 'openssl' = 'go'): readonly string[] {
  return blocksOf(pem)
    .filter(({ type }) => markers[reader].includes(type))
    .map(({ text }) => text)
    .filter(isCertificate);
}

const markers: Readonly<Record<'go' | 'openssl', readonly string[]>> = {
  go: ['CERTIFICATE'],
  openssl: ['CERTIFICATE', 'TRUSTED CERTIFICATE', 'X509 CERTIFICATE'],
};

const known = new Map<string, boolean>();

/** Cached: bundle and folder repeat hundreds of certificates, which are slow to parse. */
function isCertificate(pem: string): boolean {
  const is = known.get(pem) ?? certificateOf(pem) !== undefined;
  known.set(pem, is);
  return is;
}

export function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Markers stand on lines of their own, as Go and OpenSSL want it. */
export function blocksOf(pem: string): readonly { readonly type: string; readonly text: string }[] {
  return [
    ...pem.matchAll(/^-----BEGIN ([^-\r\n]+)-----[ \t\r]*\n[A-Za-z0-9+/=\s]*?-----END \1-----(?=[ \t\r]*$)/gm),
  ].map(([text, type = '']) => ({ type, text }));
}
