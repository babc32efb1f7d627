import { UsageError } from '@meho/core/problem';
import { type Entry, type Fields, isFields, textOf } from '../api/fields.ts';
import { authProviderToken } from './auth-provider.ts';
import { clientCertificateOf } from './client-certificate.ts';
import type { ExecTarget } from './exec-credential.ts';
import { type Impersonation, impersonationHeaders, impersonationOf, isHeaderValue } from './impersonation.ts';
import { textOfFile } from './kubeconfig-file.ts';

/** Secret. A token or password, a client certificate, or both. */
export interface Credentials {
  readonly token?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Several values become several headers. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

export interface Identity {
  /** Fresh for each request. */
  readonly credentials: () => Promise<Credentials>;
  /** After a 401; absent if nothing can be fetched. */
  readonly renew?: (refused: Credentials) => Promise<void>;
  readonly impersonate: HeaderValues;
}

/** In words that may be shown. */
export interface IdentityOrigin {
  /** E.g. `token` or `client certificate`. */
  readonly credentials: string;
  readonly impersonation: Impersonation | undefined;
}

/** Byte for byte as Go sends it. */
export function authorizationOf({ token, basic }: Credentials): string | undefined {
  if (token !== undefined) {
    return `Bearer ${Buffer.from(token, 'utf8').toString('latin1')}`;
  }
  return basic && `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
}

/**
 * Follows client-go's precedence: token or password before auth-provider and exec, client certificate before exec,
 * nothing over plain http. Runs an exec plugin at once, so that a missing one shows early.
 * @throws UsageError; PluginRefused for a plugin that may not run
 */
export async function credentialsOf(
  user: Entry,
  { description, target, isSecure, signal, plugins = 'usual' }: UserContext,
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
    const program = programName(plugin.command);
    if (plugins === 'refused') {
      throw new PluginRefused(where, program);
    }
    const attended = plugins === 'unattended' ? { hasTerminal: false } : {};
    return answer(await execIdentity(plugin, { description, name, folder, target, signal, ...attended }), [
      `exec plugin ${program}`,
    ]);
  }
  throw new UsageError([
    `${where} has no credentials: expected a token, tokenFile, username, client-certificate, auth-provider or exec; without any, kubectl asks for a name and a password`,
  ]);
}

/** `unattended`: run, and never asked to prompt a person. */
export type PluginUse = 'usual' | 'unattended' | 'refused';

/** The user's only credentials come from a program, which the caller doesn't run. */
export class PluginRefused extends UsageError {
  /** Without its folder and arguments. */
  readonly program: string;

  constructor(where: string, program: string) {
    super([`${where}: its credentials come from the exec plugin ${program}, which may not be run here`]);
    this.name = 'PluginRefused';
    this.program = program;
  }
}

export interface UserContext {
  /** For messages. */
  readonly description: string;
  readonly plugins?: PluginUse;
  readonly target: ExecTarget;
  readonly isSecure: boolean;
  readonly signal: AbortSignal;
}

function basicOf(fields: Fields): Credentials['basic'] {
  const username = textOf(fields, 'username');
  return username === '' ? undefined : { username, password: textOf(fields, 'password') };
}

/** A readable file goes before an inline token. */
function tokenOf(user: Entry, where: string): { readonly kind: string; readonly read: () => string } | undefined {
  const written = textOf(user.fields, 'token');
  if (textOf(user.fields, 'tokenFile') === '') {
    return written === '' ? undefined : { kind: 'token', read: always(usable(written, where, 'token')) };
  }
  let last: string | undefined;
  // Rotated at any time: if briefly unreadable, keep the last.
  const read = () => {
    let text = '';
    try {
      text = trimAsGo(textOfFile(user, 'tokenFile', where));
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
  if (token.includes('\ufffd')) {
    throw new UsageError([`${where}: ${member}: expected a token in UTF-8`]);
  }
  return token;
}

/** Go's blanks have no byte order mark among them, but the next line of C1. */
function trimAsGo(text: string): string {
  const blanks = '(?:(?!\\ufeff)[\\s\\u0085])+';
  return text.replace(new RegExp(`^${blanks}|${blanks}$`, 'g'), '');
}

function always<T>(value: T): () => T {
  return () => value;
}
