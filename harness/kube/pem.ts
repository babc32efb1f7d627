import { createPrivateKey, X509Certificate } from 'node:crypto';

/** The certificates of a text in PEM, one each, as Go reads them: other blocks and what can't be parsed are passed over. */
export function certificatesOf(pem: string): readonly string[] {
  return blocksOf(pem)
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ text }) => text)
    .filter((text) => certificateOf(text) !== undefined);
}

/** The first private key of a text in PEM that needs no password. */
export function privateKeyOf(pem: string): string | undefined {
  const text = blocksOf(pem).find(({ type }) => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))?.text;
  if (text === undefined) {
    return undefined;
  }
  try {
    createPrivateKey(text);
    return text;
  } catch {
    return undefined;
  }
}

export function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Whether certificate and key belong together. */
export function isPair(certificate: X509Certificate, key: string): boolean {
  return certificate.checkPrivateKey(createPrivateKey(key));
}

function blocksOf(pem: string): readonly { readonly type: string; readonly text: string }[] {
  return [...pem.matchAll(/^-----BEGIN ([^-\r\n]+)-----[ \t\r]*\n[A-Za-z0-9+/=\s]*?-----END \1-----/gm)].map(
    ([text, type = '']) => ({ type, text }),
  );
}
