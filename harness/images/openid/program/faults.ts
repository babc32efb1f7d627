/**
 * The tokens that can be asked for. `sound` is what the device flow gives; each other one differs from it in exactly
 * the point that its name says, so that a refusal has one reason only.
 */
export const tokenKinds = [
  'sound',
  /** Valid for as long as was asked for, a few seconds. */
  'short-lived',
  /** Ended ten minutes ago: beyond any leeway. */
  'expired',
  /** Valid in an hour. */
  'not-yet-valid',
  'wrong-audience',
  'wrong-issuer',
  /** Names the key of the provider but was signed by another. */
  'wrong-key',
  /** Names a key that was never published. */
  'unknown-key-id',
  /** Says that it needs no signature and has none. */
  'unsigned',
  /** Signed by HMAC with the public key's PEM as the secret: accepted by whoever trusts the token's `alg`. */
  'hmac-with-public-key',
  /** The claims of another operator under the signature of a sound token. */
  'tampered',
  'without-subject',
  'without-audience',
  'without-issuer',
  'without-expiry',
  'without-tenant',
  /** `tenant_id` is no UUID. */
  'malformed-tenant',
  'without-tenant-role',
  'unknown-tenant-role',
] as const;

export type TokenKind = (typeof tokenKinds)[number];

/** What the control port's `POST /tokens` takes. */
export interface TokenRequest {
  readonly kind: TokenKind;
  readonly username: string;
  /** From now, in seconds; the configured lifetime where absent. */
  readonly lifetimeS?: number;
}

export function isTokenKind(value: unknown): value is TokenKind {
  return tokenKinds.some((kind) => kind === value);
}
