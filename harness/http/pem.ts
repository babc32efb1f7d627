import { X509Certificate } from 'node:crypto';

/** The certificates of a text in PEM, one each, as Go reads them: other blocks and what can't be parsed are passed over.
 * Node would stop at the first of those, and trust nothing behind it. */
export function certificatesOf(pem: string): readonly string[] {
  return blocksOf(pem)
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ text }) => text)
    .filter(isCertificate);
}

const known = new Map<string, boolean>();

/** Bundle and folder of a system hold the same hundreds of certificates, and each takes Node a while to read. */
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

export function blocksOf(pem: string): readonly { readonly type: string; readonly text: string }[] {
  return [...pem.matchAll(/^-----BEGIN ([^-\r\n]+)-----[ \t\r]*\n[A-Za-z0-9+/=\s]*?-----END \1-----/gm)].map(
    ([text, type = '']) => ({ type, text }),
  );
}
