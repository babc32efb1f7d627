import type { VerifierEnvironment } from '../config.ts';
import { claimsOf } from '../contract/token-claims.ts';
import { KnownSecrets } from '../diagnostics/known-secrets.ts';
import type { ClusterAccess } from '../kube/access.ts';
import type { Credentials } from '../kube/credentials.ts';
import { fitForField, safeLine } from '../report/safe-text.ts';

/**
 * A function that makes any text fit for a line: known secrets are replaced, and what could break or colour the
 * terminal, or is an order to GitHub's runner, is written as an escape, so that no answer of a server can forge a line.
 *
 * @param secrets those that are known, or a collection that may still grow
 */
export function lineSafe(secrets: readonly string[] | KnownSecrets): (text: string) => string {
  const known = secrets instanceof KnownSecrets ? secrets : new KnownSecrets(secrets);
  return (text) => safeLine(known.hide(text, '[secret]'));
}

/** A field of a report: the same, but for the runner's orders, which are escaped where the report is written. */
export function fieldSafe(known: KnownSecrets): (text: string) => string {
  return (text) => fitForField(known.hide(text, '[secret]'));
}

/** What of the environment must not be shown, but for what a database's URL leads to (`secretsOfUrl`). */
export function secretsOf({
  accessToken,
  databaseUrl,
  githubToken,
  network,
}: Pick<VerifierEnvironment, 'accessToken' | 'databaseUrl' | 'githubToken' | 'network'>): readonly string[] {
  return [
    ...(accessToken === undefined ? [] : secretsOfToken(accessToken)),
    ...passwordsInUrl(databaseUrl ?? ''),
    ...(githubToken === undefined ? [] : [githubToken]),
    ...Object.values(network.proxies).flatMap(passwordsInUrl),
  ];
}

/** The same access to a cluster, whose credentials become known as secrets whenever they are read. */
export function watched(access: ClusterAccess, known: KnownSecrets): ClusterAccess {
  const { identity, proxyUrl } = access;
  known.add(passwordsInUrl(proxyUrl?.href ?? ''));
  const credentials = async () => {
    const found = await identity.credentials();
    known.add(secretsOfCredentials(found));
    return found;
  };
  return { ...access, identity: { ...identity, credentials } };
}

function secretsOfCredentials({ token, basic, key }: Credentials): readonly string[] {
  const [, payload = '', signature = ''] = (token ?? '').split('.');
  return [
    ...(token === undefined ? [] : [token]),
    ...[payload, signature].filter((part) => part.length >= SHORTEST_PART),
    ...(basic === undefined ? [] : [basic.password, `${basic.username}:${basic.password}`]),
    ...(key ?? '').split(/\r?\n/).filter((line) => line.length >= SHORTEST_PART && !line.startsWith('-----')),
  ].filter((secret) => secret !== '');
}

function passwordsInUrl(text: string): readonly string[] {
  const password = /^[^:]*:?\/\/[^/?#]*?:([^/?#]*)@/.exec(text)?.[1] ?? '';
  return password === '' ? [] : [password, decoded(password)];
}

/**
 * What of a bearer token must not be shown: the whole, the parts that hold its claims and identify it, and the name and
 * the mail address that it tells of the operator (contract, "What every verifier does").
 */
export function secretsOfToken(token: string): readonly string[] {
  const [, payload = '', signature = ''] = token.split('.');
  const { name, email, preferred_username: username } = claimsOf(token) ?? {};
  return [
    token,
    ...[payload, signature].filter((part) => part.length >= SHORTEST_PART),
    ...[email, username].filter((text) => typeof text === 'string').filter((text) => text.includes('@')),
    // A name of one word may as well be a word of the lines themselves, e.g. `meho`.
    ...[name].filter((text) => typeof text === 'string').filter((text) => /\S\s+\S/.test(text)),
  ];
}

/** Shorter ones could be a word of a line. */
const SHORTEST_PART = 16;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
