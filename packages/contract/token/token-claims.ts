/**
 * Reads claims without verification: only to compare with, or to redact.
 *
 * @returns undefined if opaque
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) {
    return undefined;
  }
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

/** By the token's header, unverified; undefined if it has none that can be read. */
export function algorithmOf(token: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'));
    const algorithm = typeof header === 'object' && header !== null ? Reflect.get(header, 'alg') : undefined;
    return typeof algorithm === 'string' && /^[A-Za-z0-9-]{1,20}$/.test(algorithm) ? algorithm : undefined;
  } catch {
    return undefined;
  }
}

/** Visible without the issuer's keys or the chart's values. */
export type TokenFlaw = 'no JWT' | 'no exp' | 'over' | 'not yet' | 'no sub' | 'no aud' | 'no iss' | 'no tenant';

/** Contract: the backplane's clock skew. */
const LEEWAY_S = 30;

/** By this machine's clock. */
export function tokenFlaw(token: string, nowS = Date.now() / 1000): TokenFlaw | undefined {
  const claims = claimsOf(token);
  if (claims === undefined) {
    return 'no JWT';
  }
  const time = (name: string) => (typeof claims[name] === 'number' ? claims[name] : undefined);
  const exp = time('exp');
  if (exp === undefined) {
    return 'no exp';
  }
  if (exp < nowS - LEEWAY_S) {
    return 'over';
  }
  if (Math.max(time('nbf') ?? 0, time('iat') ?? 0) > nowS + LEEWAY_S) {
    return 'not yet';
  }
  if (lacksSubject(token)) {
    return 'no sub';
  }
  const { aud, iss, tenant_id: tenant, tenant_role: role } = claims;
  if (aud === undefined || aud === '' || (Array.isArray(aud) && aud.length === 0)) {
    return 'no aud';
  }
  if (typeof iss !== 'string' || iss === '') {
    return 'no iss';
  }
  return isUuid(tenant) && typeof role === 'string' && role !== '' ? undefined : 'no tenant';
}

/** An empty `sub` counts as none. */
export function lacksSubject(token: string): boolean {
  const claims = claimsOf(token);
  return claims !== undefined && (typeof claims['sub'] !== 'string' || claims['sub'].trim() === '');
}

function isUuid(value: unknown): boolean {
  return typeof value === 'string' && /^(urn:uuid:)?\{?[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?$/i.test(value);
}
