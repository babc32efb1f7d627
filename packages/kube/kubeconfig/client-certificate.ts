import { certificateOf, certificatesOf } from '@meho/core/http/pem';
import { UsageError } from '@meho/core/problem';
import { type Entry, textOf } from '../api/fields.ts';
import { fileOrData } from './kubeconfig-file.ts';
import { isPair, privateKeyOf } from './pem.ts';

/**
 * Ignores a key alone. Checks the dates, since the server would only say "anonymous".
 * @throws UsageError
 */
export function clientCertificateOf(
  user: Entry,
  description: string,
): { readonly cert: string; readonly key: string } | undefined {
  const where = `${description}: user ${user.name}`;
  const cert = fileOrData(user, 'client-certificate', where);
  if (cert === undefined) {
    return undefined;
  }
  const problem = (what: string) =>
    new UsageError([`${description}: the client certificate of user ${user.name} ${what}`]);
  if (textOf(user.fields, 'client-key') === '' && textOf(user.fields, 'client-key-data') === '') {
    throw problem('has no key (client-key)');
  }
  const chain = certificatesOf(cert);
  const certificate = certificateOf(chain[0] ?? '');
  if (certificate === undefined) {
    throw problem("can't be read: client-certificate holds none in PEM");
  }
  const key = privateKeyOf(fileOrData(user, 'client-key', where) ?? '');
  if (key === undefined) {
    throw problem('has no key that can be read: client-key holds none in PEM that needs no password');
  }
  if (!isPair(certificate, key)) {
    throw problem('has a key that belongs to another one (client-key)');
  }
  if (new Date(certificate.validTo) < new Date()) {
    throw problem(`expired on ${certificate.validTo}; fetch a new kubeconfig`);
  }
  if (new Date(certificate.validFrom) > new Date()) {
    throw problem(`is not valid before ${certificate.validFrom}; check this machine's clock`);
  }
  return { cert: chain.join('\n'), key };
}
