import { UsageError } from '@meho/core/problem';
import { type Fields, isFields, textOf } from '../api/fields.ts';

/** For clock skew; client-go's value. */
const EARLY_MS = 10_000;

/**
 * Reads the token of `auth-provider: oidc`, the only one left in kubectl, without refreshing it: that would use up a
 * refresh token that only kubectl can store.
 * @returns a function, since an invalid token doesn't matter if another credential wins @throws UsageError
 */
export function authProviderToken(provider: Fields, where: string): () => string {
  const name = textOf(provider, 'name');
  if (name !== 'oidc') {
    const known = ['gcp', 'azure'].includes(name) ? `auth-provider ${name}` : 'an auth-provider other than oidc';
    throw new UsageError([`${where} logs in by ${known}, which kubectl no longer has either; use exec`]);
  }
  const config = isFields(provider['config']) ? provider['config'] : {};
  for (const needed of ['idp-issuer-url', 'client-id']) {
    if (textOf(config, needed) === '') {
      throw new UsageError([`${where}: auth-provider oidc: ${needed} is missing`]);
    }
  }
  const problem = (what: string) =>
    new UsageError([`${where}: auth-provider oidc: ${what}; run any kubectl command, which refreshes and keeps it`]);
  return () => {
    const token = textOf(config, 'id-token');
    if (token === '') {
      throw problem('there is no id-token');
    }
    const expires = expiryOf(token);
    if (expires === undefined) {
      throw problem('the id-token is no JWT with exp');
    }
    if (expires - EARLY_MS <= Date.now()) {
      throw problem(`the id-token ran out at ${new Date(expires).toISOString()}`);
    }
    return token;
  };
}

function expiryOf(token: string): number | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) {
    return undefined;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const expires = isFields(claims) ? claims['exp'] : undefined;
    return typeof expires === 'number' && Math.abs(expires) < 8.64e12 ? expires * 1000 : undefined;
  } catch {
    return undefined;
  }
}
