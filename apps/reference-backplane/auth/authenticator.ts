import type { OpenIdSettings } from '../settings/settings.ts';
import { bearerToken } from './bearer.ts';
import type { Operator } from './operator.ts';
import { TokenFault } from './token-fault.ts';

export interface Authenticated {
  readonly operator: Operator;
  /** Never logged. */
  readonly token: string;
}

/** Throws TokenFault if the Authorization header identifies nobody. */
export type Authenticate = (header: string | undefined) => Promise<Authenticated>;

/** @param settings undefined without an issuer: every token is refused */
export function authenticator(settings: OpenIdSettings | undefined): Authenticate {
  let verifier: Promise<(token: string) => Promise<Operator>> | undefined;
  return async (header) => {
    const token = bearerToken(header);
    if (settings === undefined) {
      throw new TokenFault('jwks_unavailable');
    }
    verifier ??= loadVerifier(settings);
    return { operator: await (await verifier)(token), token };
  };
}

/** Cryptography loads with the first token, so that the server listens sooner. */
async function loadVerifier(settings: OpenIdSettings): Promise<(token: string) => Promise<Operator>> {
  const [{ keySource }, { verifyToken }] = await Promise.all([import('./key-source.ts'), import('./verify-token.ts')]);
  const keys = keySource(settings.issuer, settings.jwksCacheTtlMs);
  return (token) => verifyToken(token, keys, settings);
}
