import { expect, test } from 'vitest';
import { tokenHint } from './token-hint.ts';

test.each([
  ['expired_token', /fresh token; .*clocks/],
  ['token_not_yet_valid', /clocks/],
  ['wrong_audience', /config\.keycloakAudience/],
  ['wrong_issuer', /keycloak\.issuer/],
  ['bad_signature', /fresh token/],
  ['unknown_key', /fresh token/],
  ['unsupported_algorithm', /fresh token/],
  ['missing_tenant_claim', /tenant_id .*map both.*fresh token/],
  ['malformed_tenant_claim', /tenant_id \(a UUID\)/],
  ['missing_tenant_role_claim', /tenant_role/],
  ['unknown_tenant_role', /operator or tenant_admin/],
  ['missing_subject', /claim sub/],
  ['malformed_email_claim', /mail address.*\.test/],
  ['missing_token', /Authorization header/],
  [undefined, /fresh token/],
  ['constructor', /fresh token/],
])('%s is mended where it comes from', (reason, hint) => {
  expect(tokenHint(reason)).toMatch(hint);
});
