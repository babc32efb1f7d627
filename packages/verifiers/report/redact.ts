import { claimsOf } from '@meho/contract/token/token-claims';
import type { VerifierEnvironment } from '@meho/core/config';
import { passwordsInUrl } from '@meho/core/redaction/argument-secrets';
import type { KnownSecrets } from '@meho/core/redaction/known-secrets';
import type { ClusterAccess } from '@meho/kube/kubeconfig/access';
import type { Credentials } from '@meho/kube/kubeconfig/credentials';

/** Leaves out the secrets that a database URL refers to; see `secretsOfUrl`. */
export function secretsOf({
  accessToken,
  databaseUrl,
  githubToken,
  helmToken,
  network,
  otherUrls = [],
}: Pick<
  VerifierEnvironment,
  'accessToken' | 'databaseUrl' | 'githubToken' | 'helmToken' | 'network' | 'otherUrls'
>): readonly string[] {
  return [
    ...(accessToken === undefined ? [] : secretsOfToken(accessToken)),
    ...passwordsInUrl(databaseUrl ?? ''),
    // A variable read from a file may end with its line.
    ...[githubToken, helmToken].flatMap((token) => (token === undefined ? [] : [token, token.trim()])),
    ...[...Object.values(network.proxies), ...otherUrls].flatMap(passwordsInUrl),
  ];
}

/** Records credentials as secrets whenever they are read. */
export function collectSecrets(access: ClusterAccess, known: KnownSecrets): ClusterAccess {
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

/** The token, its claims and signature, the operator's name and mail address (contract, "What every verifier does"). */
export function secretsOfToken(token: string): readonly string[] {
  const [, payload = '', signature = ''] = token.split('.');
  const { name, email, preferred_username: username } = claimsOf(token) ?? {};
  return [
    token,
    ...[payload, signature].filter((part) => part.length >= SHORTEST_PART),
    ...[email, username].filter((text) => typeof text === 'string').filter((text) => text.includes('@')),
    // A one-word name may occur in our own lines, e.g. `meho`.
    ...[name].filter((text) => typeof text === 'string').filter((text) => /\S\s+\S/.test(text)),
  ];
}

/** Anything shorter could be an ordinary word. */
const SHORTEST_PART = 16;
