import { certificateOf, certificatesOf } from '@meho/core/http/pem';
import type { UsageError } from '@meho/core/problem';
import { isFields, textOf } from '../api/fields.ts';
import type { Credentials } from './credentials.ts';
import { isHeaderValue } from './impersonation.ts';
import { isPair, privateKeyOf } from './pem.ts';

/**
 * Reads it as client-go does.
 * @throws what `problem` makes of a fault, without any output
 */
export function pluginCredentials(
  stdout: string,
  apiVersion: string,
  problem: (what: string) => UsageError,
): { readonly credentials: Credentials; readonly expires: number | undefined } {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw problem('printed something other than JSON');
  }
  if (!isFields(answer) || answer['kind'] !== 'ExecCredential' || !isFields(answer['status'])) {
    throw problem('printed no ExecCredential with a status');
  }
  if (answer['apiVersion'] !== apiVersion) {
    throw problem(`answered in another apiVersion than ${apiVersion}, which was asked for`);
  }
  const { status } = answer;
  for (const member of ['token', 'clientCertificateData', 'clientKeyData', 'expirationTimestamp']) {
    if (status[member] !== undefined && status[member] !== null && typeof status[member] !== 'string') {
      throw problem(`gave a ${member} that is no text`);
    }
  }
  const token = textOf(status, 'token');
  const pair = pairOf(textOf(status, 'clientCertificateData'), textOf(status, 'clientKeyData'), problem);
  if (token === '' && pair === undefined) {
    throw problem('gave neither a token nor a client certificate with its key');
  }
  if (!isHeaderValue(token)) {
    throw problem('gave a token with a line break or another control character in it');
  }
  const time = textOf(status, 'expirationTimestamp');
  const expires = time === '' ? undefined : Date.parse(time);
  if (Number.isNaN(expires)) {
    throw problem('gave an expirationTimestamp that is no time');
  }
  return { credentials: { ...(token === '' ? {} : { token }), ...pair }, expires };
}

function pairOf(cert: string, keyText: string, problem: (what: string) => UsageError) {
  if (cert === '' && keyText === '') {
    return undefined;
  }
  if (cert === '' || keyText === '') {
    throw problem('gave a client certificate or its key, and not both');
  }
  const [first] = certificatesOf(cert);
  const certificate = first === undefined ? undefined : certificateOf(first);
  const key = privateKeyOf(keyText);
  if (certificate === undefined || key === undefined || !isPair(certificate, key)) {
    throw problem('gave a client certificate and a key that do not belong together or are not PEM');
  }
  return { cert: certificatesOf(cert).join('\n'), key };
}
