import { expect, test } from 'vitest';
import { tokenHint } from './token-hint.ts';

test.each([
  ['expired_token', /fresh token; .*clocks/],
  ['token_not_yet_valid', /clocks/],
  ['token_expired', /clocks/],
  ['wrong_audience', /config\.keycloakAudience.*again changes nothing.*audience mapper/],
  ['invalid_audience', /audience mapper/],
  ['missing_audience', /audience mapper/],
  ['wrong_issuer', /keycloak\.issuer to the letter/],
  ['invalid_issuer', /keycloak\.issuer to the letter/],
  ['missing_issuer', /keycloak\.issuer to the letter/],
  ['bad_signature', /fresh token.*old keys/],
  ['signature_verification_failed', /fresh token.*old keys/],
  ['unknown_key', /fresh token.*old keys/],
  ['unsupported_algorithm', /RS256.*fresh token/],
  ['malformed_token', /signed JWTs/],
  ['malformed_jws', /opaque or encrypted/],
  ['missing_exp', /an exp/],
  ['invalid_token', /fresh token.*audience mapper/],
  ['jwks_unavailable', /issuer's keys.*keycloakCIDR/],
  ['missing_tenant_claim', /tenant_id .*map both.*fresh token/],
  ['malformed_tenant_claim', /tenant_id \(a UUID\)/],
  ['missing_tenant_role_claim', /tenant_role/],
  ['unknown_tenant_role', /operator or tenant_admin/],
  ['missing_subject', /claim sub/],
  ['missing_sub', /claim sub/],
  ['malformed_email_claim', /mail address.*\.test/],
  ['missing_token', /Authorization header/],
  [undefined, /fresh token/],
  ['constructor', /fresh token/],
])('%s is mended where it comes from', (reason, hint) => {
  expect(tokenHint(reason)).toMatch(hint);
});
