import type { OpenIdSettings } from '../settings/settings.ts';
import { bearerToken } from './bearer.ts';
import type { Operator } from './operator.ts';
import { TokenFault } from './token-fault.ts';

export interface Authenticated {
  readonly operator: Operator;
  /** The token itself, to log in to Vault with. Never logged. */
  readonly token: string;
}

/** Who sends this Authorization header. Throws TokenFault when that can't be said. */
export type Authenticate = (header: string | undefined) => Promise<Authenticated>;

/** @param settings undefined where no issuer is configured: then no token can be believed */
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

/** The cryptography is loaded with the first token, not before the server listens. */
async function loadVerifier(settings: OpenIdSettings): Promise<(token: string) => Promise<Operator>> {
  const [{ keySource }, { verifyToken }] = await Promise.all([import('./key-source.ts'), import('./verify-token.ts')]);
  const keys = keySource(settings.issuer, settings.jwksCacheTtlMs);
  return (token) => verifyToken(token, keys, settings);
}
