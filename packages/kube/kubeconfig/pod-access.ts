import { readFileSync, statSync } from 'node:fs';
import { certificatesOf } from '@meho/core/http/pem';
import { messageOf, UsageError } from '@meho/core/problem';
import type { ClusterAccess } from './access.ts';
import type { Credentials } from './credentials.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** @returns undefined if there is none, as in kubectl @throws UsageError if unusable */
export function podAccess(
  { host, port }: { readonly host: string; readonly port: string },
  folder = SERVICE_ACCOUNT,
): ClusterAccess | undefined {
  if (statSync(`${folder}/token`, { throwIfNoEntry: false })?.isFile() !== true) {
    return undefined;
  }
  const address = host.includes(':') ? `[${host}]` : host;
  let last = '';
  // The kubelet rotates the token.
  const token = (): Credentials => {
    last = readFileSync(`${folder}/token`, 'utf8').trim() || last;
    return { token: last };
  };
  try {
    token();
    const ca = certificatesOf(readFileSync(`${folder}/ca.crt`, 'utf8'));
    if (last === '' || ca.length === 0) {
      throw new Error(last === '' ? 'its token is empty' : 'ca.crt holds no certificate');
    }
    return {
      server: new URL(`https://${address}:${port}`),
      tls: { ca },
      identity: { credentials: async () => token(), impersonate: {} },
      description: "this pod's service account",
      origin: { from: 'service-account', files: [], missing: [], credentials: 'service account token' },
    };
  } catch (error) {
    throw new UsageError([`this pod's service account can't be used: ${messageOf(error)}`], { cause: error });
  }
}
