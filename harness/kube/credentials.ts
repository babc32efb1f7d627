import { UsageError } from '../problem.ts';
import { authProviderToken } from './auth-provider.ts';
import { clientCertificateOf } from './client-certificate.ts';
import type { ExecTarget } from './exec-credential.ts';
import { type Entry, type Fields, isFields, textOf } from './fields.ts';
import { type Impersonation, impersonationHeaders, impersonationOf, isHeaderValue } from './impersonation.ts';
import { textOfFile } from './kubeconfig-file.ts';

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

/** Where an identity comes from, in words that may be shown. */
export interface IdentityOrigin {
  /** E.g. `token` or `client certificate`. */
  readonly credentials: string;
  readonly impersonation: Impersonation | undefined;
}

/** The Authorization header that goes with credentials, byte for byte as Go sends it. */
export function authorizationOf({ token, basic }: Credentials): string | undefined {
  if (token !== undefined) {
    return `Bearer ${Buffer.from(token, 'utf8').toString('latin1')}`;
  }
  return basic && `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
}

/**
 * The identity of a kubeconfig's user, by the precedence of client-go: a token or a password goes before auth-provider and exec, a
 * client certificate before exec, and nothing is sent to a server that is asked over plain http. An exec plugin is run
 * right away, so that a missing one is known before anything is asked.
 *
 * @throws UsageError
 */
export async function credentialsOf(
  user: Entry,
  { description, target, isSecure, signal }: UserContext,
): Promise<{ readonly identity: Identity; readonly origin: IdentityOrigin }> {
  const { name, fields, folder } = user;
  const where = `${description}: user ${name}`;
  const impersonation = impersonationOf(fields, where);
  const impersonate = impersonation === undefined ? {} : impersonationHeaders(impersonation);
  const answer = (identity: Omit<Identity, 'impersonate'>, kinds: readonly string[]) => ({
    identity: { ...identity, impersonate },
    origin: { credentials: kinds.length === 0 ? 'none' : kinds.join(' and '), impersonation },
  });
  const pair = clientCertificateOf(user, description);
  const provider = isFields(fields['auth-provider']) ? fields['auth-provider'] : undefined;
  const exec = isFields(fields['exec']) ? fields['exec'] : undefined;
  const basic = basicOf(fields);
  if (exec !== undefined && provider !== undefined) {
    throw new UsageError([`${where}: exec and auth-provider are both there; leave one of them out`]);
  }
  const hasPassword = basic !== undefined || textOf(fields, 'password') !== '';
  const hasFile = isSecure && basic !== undefined && textOf(fields, 'tokenFile') !== '';
  if ((hasPassword && textOf(fields, 'token') !== '') || hasFile) {
    throw new UsageError([`${where}: username or password and a token are both there; leave one of them out`]);
  }
  const plugin =
    exec === undefined ? undefined : (await import('./exec-credential.ts')).pluginOf(exec, { description, name });
  if (!isSecure) {
    return answer({ credentials: async () => ({}) }, []);
  }
  const token = tokenOf(user, where);
  const kept = provider === undefined ? undefined : authProviderToken(provider, where);
  const kinds = [
    ...(token === undefined ? [] : [token.kind]),
    ...(basic === undefined ? [] : ['username and password']),
    ...(pair === undefined ? [] : ['client certificate']),
  ];
  if (token === undefined && basic === undefined && kept !== undefined) {
    const idToken = kept();
    return answer({ credentials: async () => ({ token: idToken, ...pair }) }, ['auth-provider oidc', ...kinds]);
  }
  if (kinds.length > 0) {
    return answer({ credentials: async () => ({ token: token?.read(), basic, ...pair }) }, kinds);
  }
  if (plugin !== undefined) {
    const { execIdentity, programName } = await import('./exec-credential.ts');
    return answer(await execIdentity(plugin, { description, name, folder, target, signal }), [
      `exec plugin ${programName(plugin.command)}`,
    ]);
  }
  throw new UsageError([
    `${where} has no credentials: expected a token, tokenFile, username, client-certificate, auth-provider or exec; without any, kubectl asks for a name and a password`,
  ]);
}

export interface UserContext {
  /** For messages. */
  readonly description: string;
  readonly target: ExecTarget;
  /** Asked over https. */
  readonly isSecure: boolean;
  readonly signal: AbortSignal;
}

/** A password without a name is not sent. */
function basicOf(fields: Fields): Credentials['basic'] {
  const username = textOf(fields, 'username');
  return username === '' ? undefined : { username, password: textOf(fields, 'password') };
}

/** A file's token goes before one that is written beside it, as long as the file has one. */
function tokenOf(user: Entry, where: string): { readonly kind: string; readonly read: () => string } | undefined {
  const written = textOf(user.fields, 'token');
  if (textOf(user.fields, 'tokenFile') === '') {
    return written === '' ? undefined : { kind: 'token', read: always(usable(written, where, 'token')) };
  }
  let last: string | undefined;
  // It may be replaced at any time; one that can't be read for a moment is no reason to forget the last.
  const read = () => {
    let text = '';
    try {
      text = textOfFile(user, 'tokenFile', where).trim();
    } catch (error) {
      if (last === undefined && written === '') {
        throw error;
      }
    }
    last = text === '' ? last : usable(text, where, 'tokenFile');
    const token = last ?? usable(written, where, 'token');
    if (token === '') {
      throw new UsageError([`${where}: tokenFile: the file is empty`]);
    }
    return token;
  };
  read();
  return { kind: 'token file', read };
}

function usable(token: string, where: string, member: string): string {
  if (!isHeaderValue(token)) {
    throw new UsageError([`${where}: ${member}: expected a token without line breaks and other control characters`]);
  }
  return token;
}

function always<T>(value: T): () => T {
  return () => value;
}
