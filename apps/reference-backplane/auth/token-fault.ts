/** Each is the answer's `detail`. Missing keys aren't the caller's fault: a 401 would make operators log in again. */
const TOKEN_FAULTS = {
  missing_token: 401,
  malformed_token: 401,
  /** Anything but a public-key signature, e.g. `none` or HMAC. */
  unsupported_algorithm: 401,
  /** Not even after a fresh fetch. */
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
  /** No address, or under a special-use domain (`.test`, `.invalid`): contract.md, "Traps". */
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
