import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { blocksOf } from '@meho/core/http/pem';

/** Takes the first without a password. */
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

export function isPair(certificate: X509Certificate, key: string): boolean {
  return certificate.checkPrivateKey(createPrivateKey(key));
}
