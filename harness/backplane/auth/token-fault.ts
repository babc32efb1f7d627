/**
 * What can be wrong with a request's token, one word each; the word is the `detail` of the answer. All are 401 except
 * `jwks_unavailable`: keys that can't be had are not the caller's fault, and a 401 would send operators to log in again.
 */
export const TOKEN_FAULTS = {
  missing_token: 401,
  malformed_token: 401,
  /** `none`, HMAC and whatever else is not a public-key signature. */
  unsupported_algorithm: 401,
  /** No key of the issuer has the token's `kid`, even after a fresh look. */
  unknown_key: 401,
  bad_signature: 401,
  expired_token: 401,
  token_not_yet_valid: 401,
  wrong_audience: 401,
  wrong_issuer: 401,
  missing_subject: 401,
  missing_tenant_claim: 401,
  malformed_tenant_claim: 401,
  missing_tenant_role_claim: 401,
  unknown_tenant_role: 401,
  /** Not an address, or under a domain reserved for special use (`.test`, `.invalid`): contract.md, "Traps". */
  malformed_email_claim: 401,
  jwks_unavailable: 503,
} as const;

export type TokenFaultReason = keyof typeof TOKEN_FAULTS;

export class TokenFault extends Error {
  readonly reason: TokenFaultReason;
  readonly status: 401 | 503;

  constructor(reason: TokenFaultReason, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'TokenFault';
    this.reason = reason;
    this.status = TOKEN_FAULTS[reason];
  }
}
