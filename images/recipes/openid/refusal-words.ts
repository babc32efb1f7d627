import type { TokenKind } from './program/faults.ts';

/** The backplane's word for each faulty token (contract, "The backplane's surface" and "Traps"). */
export const refusalWords: Readonly<Record<Exclude<TokenKind, 'sound' | 'short-lived'>, string>> = {
  expired: 'expired_token',
  'not-yet-valid': 'token_not_yet_valid',
  'wrong-audience': 'wrong_audience',
  'wrong-issuer': 'wrong_issuer',
  'wrong-key': 'bad_signature',
  'unknown-key-id': 'unknown_key',
  unsigned: 'unsupported_algorithm',
  'hmac-with-public-key': 'unsupported_algorithm',
  tampered: 'bad_signature',
  'without-subject': 'missing_subject',
  'without-audience': 'wrong_audience',
  'without-issuer': 'wrong_issuer',
  'without-expiry': 'malformed_token',
  'without-tenant': 'missing_tenant_claim',
  'malformed-tenant': 'malformed_tenant_claim',
  'without-tenant-role': 'missing_tenant_role_claim',
  'unknown-tenant-role': 'unknown_tenant_role',
};
