import { describe, expect, test } from 'vitest';
import { aToken } from '../testing/a-token.ts';
import { Secret } from '../token/secret.ts';
import { tokenHint } from './token-hint.ts';

/** The reference's words, then the field's (contract, "Two dialects"). */
test.each<[string, string, RegExp]>([
  ['expired_token', 'token_expired', /\bexp\b.*clock.*fresh token; .*clocks/],
  ['token_not_yet_valid', 'token_not_yet_valid', /\bnbf or iat\b.*30 s of skew.*clocks of issuer and backplane/],
  ['wrong_audience', 'invalid_audience', /config\.keycloakAudience.*again changes nothing.*audience mapper/],
  ['wrong_audience', 'missing_audience', /audience mapper/],
  ['wrong_issuer', 'invalid_issuer', /keycloak\.issuer to the letter/],
  ['wrong_issuer', 'missing_issuer', /keycloak\.issuer to the letter/],
  ['bad_signature', 'signature_verification_failed', /fresh token.*old keys/],
  ['unknown_key', 'signature_verification_failed', /fresh token.*old keys/],
  ['malformed_token', 'malformed_jws', /opaque or encrypted/],
  ['malformed_token', 'missing_exp', /an exp/],
  ['missing_subject', 'missing_sub', /claim sub with a value/],
  ['jwks_unavailable', 'jwks_unavailable', /issuer's keys.*keycloakCIDR/],
  ['missing_tenant_claim', 'missing_tenant_claim', /tenant_id .*map both.*fresh token/],
  ['malformed_tenant_claim', 'malformed_tenant_claim', /tenant_id \(a UUID\)/],
  ['missing_tenant_role_claim', 'missing_tenant_role_claim', /tenant_role/],
  ['unknown_tenant_role', 'unknown_tenant_role', /operator or tenant_admin/],
])('%s, or %s, is mended where it comes from', (ours, theirs, hint) => {
  expect(tokenHint(ours, aToken())).toMatch(hint);
  expect(tokenHint(theirs, aToken())).toBe(tokenHint(ours, aToken()));
});

test.each<[string, RegExp]>([
  ['unsupported_algorithm', /RS256.*fresh token/],
  ['malformed_email_claim', /mail address.*\.test/],
  ['missing_token', /Authorization header/],
])('so is %s, which one dialect alone has', (reason, hint) => {
  expect(tokenHint(reason, aToken())).toMatch(hint);
});

test('a key that is unknown for its kind is changed at the issuer, any other makes way for a fresh token', () => {
  expect(tokenHint('unknown_key', aToken({}, { alg: 'EdDSA' }))).toMatch(/^the token is signed by EdDSA: .*RS256/);
  for (const alg of ['RS256', 'PS512', 'ES256']) {
    expect(tokenHint('unknown_key', aToken({}, { alg }))).toMatch(/fresh token.*old keys/);
  }
});

describe.each(['invalid_token', 'a_third_word', 'constructor', undefined])('for the word %s', (reason) => {
  test('it says what all refusals have in common', () => {
    const hint = tokenHint(reason, aToken());
    for (const common of ['fresh token', 'audience mapper', 'iss is keycloak.issuer', 'sub', 'tenant_id', 'clocks']) {
      expect(hint).toContain(common);
    }
  });

  const nowS = Math.floor(Date.now() / 1000);
  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['is over', { exp: nowS - 600 }, /exp, \S+Z, is over/],
    ['is from the future', { iat: nowS + 90 }, /nbf or iat is still to come/],
    ['is not valid yet', { nbf: nowS + 3600 }, /nbf or iat is still to come/],
    ['has no end', { exp: undefined }, /an exp/],
    ['names nobody', { sub: undefined }, /claim sub with a value/],
    ['names an empty sub', { sub: '' }, /claim sub with a value/],
    ['is for nobody', { aud: undefined }, /audience mapper/],
    ['is of nobody', { iss: undefined }, /keycloak\.issuer to the letter/],
    ['has no tenant', { tenant_id: undefined }, /map both/],
    ['has a tenant that is no UUID', { tenant_id: 'acme' }, /map both/],
    ['has no role', { tenant_role: undefined }, /map both/],
  ])('the token itself tells where it %s', (_, change, hint) => {
    expect(tokenHint(reason, aToken(change))).toMatch(hint);
  });

  test('and an opaque token as well', () => {
    expect(tokenHint(reason, new Secret('opaque'))).toMatch(/opaque or encrypted/);
  });
});

test('within the backplane’s leeway nothing is said of clocks', () => {
  const nowS = Math.floor(Date.now() / 1000);
  expect(tokenHint('a_third_word', aToken({ iat: nowS + 20, exp: nowS - 20 }))).toMatch(/^get a fresh token/);
});

test('says when the token was over', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = new Secret(`${part({ alg: 'RS256' })}.${part({ exp: 1_700_000_000, sub: 'a' })}.c2lnbmF0dXJl`);
  expect(tokenHint('expired_token', token)).toContain("the token's exp, 2023-11-14T22:13:20Z, is over by");
  expect(tokenHint('invalid_token', token)).toContain("the token's exp, 2023-11-14T22:13:20Z, is over by");
});
