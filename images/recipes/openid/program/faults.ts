/**
 * `sound` is the device flow's; each other kind differs in exactly what its name says, so that a refusal has one
 * reason.
 */
export const tokenKinds = [
  'sound',
  /** A few seconds, as requested. */
  'short-lived',
  /** Ten minutes ago: beyond any leeway. */
  'expired',
  /** In an hour. */
  'not-yet-valid',
  'wrong-audience',
  'wrong-issuer',
  /** Names the provider's key, but another signed it. */
  'wrong-key',
  'unknown-key-id',
  'unsigned',
  /** Signed by HMAC with the public key's PEM: accepted by anyone who trusts the token's `alg`. */
  'hmac-with-public-key',
  /** Another operator's claims under a sound signature. */
  'tampered',
  'without-subject',
  'without-audience',
  'without-issuer',
  'without-expiry',
  'without-tenant',
  'malformed-tenant',
  'without-tenant-role',
  'unknown-tenant-role',
] as const;

export type TokenKind = (typeof tokenKinds)[number];

export interface TokenRequest {
  readonly kind: TokenKind;
  readonly username: string;
  /** Seconds from now; by default as configured. */
  readonly lifetimeS?: number;
}

export function isTokenKind(value: unknown): value is TokenKind {
  return tokenKinds.some((kind) => kind === value);
}
