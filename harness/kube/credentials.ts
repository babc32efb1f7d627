import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, UsageError } from '../problem.ts';
import { fileOrData } from './access.ts';
import type { ExecTarget } from './exec-credential.ts';
import { type Entry, isFields } from './kubeconfig.ts';

/** What proves who we are: a bearer token or a name with its password, a client certificate, or both. Secret. */
export interface Credentials {
  readonly token?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Headers by name; one with several values is sent once for each. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

export interface Identity {
  /** Fresh credentials for the next request. */
  readonly credentials: () => Promise<Credentials>;
  /** Fetches others in place of those that the server has refused (401); absent where there is nothing to fetch. */
  readonly renew?: (refused: Credentials) => Promise<void>;
  /** Impersonation headers. */
  readonly impersonate: HeaderValues;
}

/** The Authorization header that goes with credentials. */
export function authorizationOf({ token, basic }: Credentials): string | undefined {
  if (token !== undefined) {
    return `Bearer ${token}`;
  }
  return basic && `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
}

/**
 * The identity of a kubeconfig's user. An exec plugin is run right away, so that a missing one is known before
 * anything is asked.
 *
 * @throws UsageError
 */
export async function credentialsOf(user: Entry, target: ExecTarget, signal: AbortSignal): Promise<Identity> {
  const { fields, name, folder } = user;
  const as = fields['as'];
  const impersonate = typeof as === 'string' && as !== '' ? { 'impersonate-user': as } : {};
  for (const member of ['auth-provider', 'username']) {
    if (fields[member] !== undefined) {
      throw new UsageError([
        `${target.description}: user ${name} logs in by ${member}, which is not supported; use exec or a token`,
      ]);
    }
  }
  if (isFields(fields['exec'])) {
    const { execIdentity } = await import('./exec-credential.ts');
    return { credentials: await execIdentity(fields['exec'], { name, folder, target, signal }), impersonate };
  }
  const cert = fileOrData(user, 'client-certificate', 'client-certificate-data');
  const key = fileOrData(user, 'client-key', 'client-key-data');
  if (cert !== undefined) {
    assertUsable(cert, key, target.description, name);
  }
  const tokenFile = fields['tokenFile'];
  const readToken = (): string | undefined => {
    if (typeof tokenFile === 'string' && tokenFile !== '') {
      return readFileSync(path.resolve(folder, tokenFile), 'utf8').trim();
    }
    return typeof fields['token'] === 'string' ? fields['token'] : undefined;
  };
  try {
    readToken();
  } catch (error) {
    throw new UsageError([`${target.description}: the token of user ${name} can't be read: ${messageOf(error)}`], {
      cause: error,
    });
  }
  return { credentials: async () => ({ token: readToken(), cert, key }), impersonate };
}

/** The server would only say that we are nobody; the dates in the certificate say why. */
function assertUsable(cert: string, key: string | undefined, description: string, user: string): void {
  const problem = (what: string) => new UsageError([`${description}: the client certificate of user ${user} ${what}`]);
  if (key === undefined) {
    throw problem('has no key');
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw problem("can't be read");
  }
  if (new Date(certificate.validTo) < new Date()) {
    throw problem(`expired on ${certificate.validTo}; fetch a new kubeconfig`);
  }
  if (new Date(certificate.validFrom) > new Date()) {
    throw problem(`is not valid before ${certificate.validFrom}; check this machine's clock`);
  }
}
