import type { JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, errors } from 'jose';
import { discoverJwksUri, KeysError } from './issuer.ts';

/** Unknown key ids trigger no fetch this soon after one, so that strangers can't flood the issuer. */
const COOL_DOWN_MS = 5_000;
const FETCH_TIMEOUT_MS = 5_000;

interface Discovered {
  readonly jwksUri: URL;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
  readonly atMs: number;
}

/**
 * Caches keys; an unknown key id triggers a fetch at once, so that a rotation needs no restart. The returned function
 * throws KeysError.
 */
export function keySource(issuer: string, cacheTtlMs: number): JWTVerifyGetKey {
  let discovered: Discovered | undefined;
  let pending: Promise<Discovered> | undefined;

  const discover = async (): Promise<Discovered> => {
    const jwksUri = await discoverJwksUri(issuer, FETCH_TIMEOUT_MS);
    const isSame = discovered?.jwksUri.href === jwksUri.href;
    const keys =
      isSame && discovered !== undefined
        ? discovered.keys
        : createRemoteJWKSet(jwksUri, {
            cacheMaxAge: cacheTtlMs,
            cooldownDuration: COOL_DOWN_MS,
            timeoutDuration: FETCH_TIMEOUT_MS,
          });
    discovered = { jwksUri, keys, atMs: performance.now() };
    return discovered;
  };

  const current = async (): Promise<Discovered> => {
    if (discovered !== undefined && performance.now() - discovered.atMs < cacheTtlMs) {
      return discovered;
    }
    pending ??= discover().finally(() => {
      pending = undefined;
    });
    return await pending;
  };

  return async (header, token) => {
    const { keys } = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
        throw error;
      }
      throw new KeysError('jwks_fetch_failed', error);
    }
  };
}
