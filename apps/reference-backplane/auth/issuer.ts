import { NamedError } from '../error-class.ts';
import { fetchJson, memberAt, unexpectedStatus } from '../http/fetch-json.ts';

/** The readiness probe reports `reason`. */
export class KeysError extends Error {
  readonly reason: 'discovery_failed' | 'jwks_fetch_failed';

  constructor(reason: KeysError['reason'], cause: unknown) {
    super(reason, { cause });
    this.name = 'KeysError';
    this.reason = reason;
  }
}

/** @throws KeysError if discovery fails or names another issuer, which OpenID Connect says to refuse */
export async function discoverJwksUri(issuer: string, timeoutMs: number): Promise<URL> {
  try {
    const url = `${issuer}/.well-known/openid-configuration`;
    const { status, body } = await fetchJson(url, { timeoutMs });
    if (status !== 200) {
      throw unexpectedStatus(status);
    }
    if (memberAt(body, 'issuer') !== issuer) {
      throw new NamedError('IssuerMismatch', 'the discovery document is for another issuer');
    }
    const jwksUri = URL.parse(String(memberAt(body, 'jwks_uri')));
    if (jwksUri === null) {
      throw new NamedError('InvalidDiscoveryDocument', 'the discovery document has no jwks_uri');
    }
    return jwksUri;
  } catch (error) {
    throw new KeysError('discovery_failed', error);
  }
}

/**
 * Fetches the keys without any cache and returns how many there are.
 *
 * @param timeoutMs for both requests together
 * @throws KeysError
 */
export async function probeKeys(issuer: string, timeoutMs: number): Promise<number> {
  const signal = AbortSignal.timeout(timeoutMs);
  const jwksUri = await discoverJwksUri(issuer, timeoutMs);
  try {
    const { status, body } = await fetchJson(jwksUri.href, { timeoutMs, signal });
    if (status !== 200) {
      throw unexpectedStatus(status);
    }
    const keys = memberAt(body, 'keys');
    if (!Array.isArray(keys) || keys.length === 0) {
      throw new NamedError('InvalidKeySet', 'the key set is empty');
    }
    return keys.length;
  } catch (error) {
    throw new KeysError('jwks_fetch_failed', error);
  }
}
