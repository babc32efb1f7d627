import { expect, test } from 'vitest';
import { vaultHint } from './vault-hint.ts';

const generic = /^check Vault's JWT role/;

test.each([
  ['login_failed: VaultDown', /sealed.*vault operator unseal/],
  ['read_failed: VaultDown', /sealed/],
  ['login_failed: ConnectError', /vault\.address and networkPolicy\.vaultCIDR/],
  ['login_failed: ConnectTimeout', /networkPolicy\.vaultCIDR/],
  ['read_failed: TimeoutError', /networkPolicy\.vaultCIDR/],
  ['login_failed: CertificateVerifyError', /trustBundle/],
  ['login_failed: NotConfigured', /set vault\.address/],
  ['login_failed: InvalidRequest', /refuses the operator's token.*VAULT_OIDC_ROLE/],
  ['login_failed: Forbidden', /refuses the operator's token/],
  ['login_failed: InvalidPath', /VAULT_OIDC_MOUNT_PATH/],
  ['read_failed: Forbidden', /policies.*"secret\/data\/meho\/test\/federation"/],
  ['read_failed: InvalidPath', /vault kv put secret\/meho\/test\/federation/],
  ['read_failed: SomethingElse', generic],
  ['version=3', generic],
  [undefined, generic],
  [{ class: 'VaultDown' }, generic],
])('for %j it names the link that is broken', (detail, hint) => {
  expect(vaultHint(detail)).toMatch(hint);
});
