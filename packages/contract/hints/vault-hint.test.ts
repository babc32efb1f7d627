import { expect, test } from 'vitest';
import { aToken } from '../testing/a-token.ts';
import { vaultHint } from './vault-hint.ts';

const token = aToken();
const hintOf = (detail: unknown, reachable: unknown = true) => vaultHint({ detail, reachable, token });

const sealed = /sealed.*vault operator unseal/;
const away = /vault\.address.*networkPolicy\.vaultCIDR/;
const refused = /refuses the operator's token.*VAULT_OIDC_ROLE.*\biat\b.*60 s of skew.*clocks of issuer and Vault/;

/** Vault's own classes, then the field's wrappers. */
test.each<[string, string, string, RegExp]>([
  ['sealed', 'login_failed: VaultDown', 'login_failed: VaultClientError', sealed],
  ['sealed after the login', 'read_failed: VaultDown', 'read_failed: VaultClientError', sealed],
  ['away', 'login_failed: ConnectError', 'login_failed: VaultUnreachableError', away],
  ['silent', 'login_failed: ConnectTimeout', 'login_failed: VaultUnreachableError', away],
  ['away after the login', 'read_failed: TimeoutError', 'read_failed: VaultUnreachableError', away],
  ['of another trust', 'login_failed: CertificateVerifyError', 'login_failed: VaultUnreachableError', /trustBundle/],
  ['without the role', 'login_failed: InvalidRequest', 'login_failed: VaultRoleDeniedError', refused],
  ['with a clock behind', 'login_failed: InvalidRequest', 'login_failed: VaultClientError', refused],
  ['that forbids the login', 'login_failed: Forbidden', 'login_failed: VaultRoleDeniedError', refused],
  [
    'whose policy is missing',
    'read_failed: Forbidden',
    'read_failed: Forbidden',
    /policies.*"secret\/data\/meho\/test\/federation"/,
  ],
  [
    'without the secret',
    'read_failed: InvalidPath',
    'read_failed: InvalidPath',
    /vault kv put secret\/meho\/test\/federation/,
  ],
])('a Vault that is %s: %s, or %s', (_, ours, theirs, hint) => {
  expect(hintOf(ours)).toMatch(hint);
  expect(hintOf(theirs)).toMatch(hint);
});

test.each<[string, RegExp]>([
  ['login_failed: NotConfigured', /set vault\.address/],
  ['login_failed: VaultNotInitialized', /vault operator init/],
  ['login_failed: InvalidPath', /VAULT_OIDC_MOUNT_PATH/],
])('%s has a place of its own', (detail, hint) => {
  expect(hintOf(detail)).toMatch(hint);
});

test.each<[unknown, readonly RegExp[]]>([
  ['login_failed: AThirdClass', [sealed, away, refused]],
  ['login_failed', [sealed, away, refused]],
  ['read_failed: AThirdClass', [sealed, /"secret\/data\/meho/, /vault kv put/]],
  ['another_step: AThirdClass', [/vault operator unseal/, /VAULT_OIDC_ROLE/, away, /clocks/]],
  ['version=3', [/vault operator unseal/, /VAULT_OIDC_ROLE/, away]],
  [undefined, [/vault operator unseal/, /VAULT_OIDC_ROLE/, away]],
  [{ class: 'VaultDown' }, [/vault operator unseal/]],
])('for %j it says what all have in common', (detail, hints) => {
  for (const hint of hints) {
    expect(hintOf(detail)).toMatch(hint);
  }
});

test.each(['login_failed: InvalidRequest', 'login_failed: VaultClientError'])(
  '%s of a token that the backplane took leads to the keys and the algorithm of its issuer',
  (detail) => {
    expect(hintOf(detail)).toMatch(/issuer's keys: one of a kind.*Ed448.*while the backplane takes them/);
    expect(hintOf(detail)).not.toMatch(/jwt_supported_algs/);
    const other = vaultHint({ detail, reachable: true, token: aToken({}, { alg: 'ES256' }) });
    expect(other).toMatch(/^the token is signed by ES256, .*jwt_supported_algs/);
  },
);

test('the algorithm is none of what a sealed Vault or a missing policy is about', () => {
  const token = aToken({}, { alg: 'ES256' });
  for (const detail of ['login_failed: VaultDown', 'read_failed: Forbidden', 'read_failed: AThirdClass']) {
    expect(vaultHint({ detail, reachable: true, token })).not.toMatch(/ES256|Ed448/);
  }
});

test('what says that Vault is not reached is believed under any word', () => {
  for (const detail of ['login_failed: AThirdClass', 'read_failed: VaultClientError', undefined]) {
    expect(hintOf(detail, false)).toMatch(/^the backplane gets no answer of Vault/);
  }
});

test.each(['', ' ', undefined])('a token with the sub %j is refused for that', (sub) => {
  const nobodys = aToken({ sub });
  for (const detail of ['login_failed: InvalidRequest', 'login_failed: VaultRoleDeniedError', 'login_failed: Other']) {
    expect(vaultHint({ detail, reachable: true, token: nobodys })).toMatch(/claim sub with a value/);
  }
  expect(vaultHint({ detail: 'login_failed: VaultDown', reachable: true, token: nobodys })).toMatch(sealed);
});
