import { readFlags } from '@meho/core/command-line/flags';
import { expect, test } from 'vitest';
import { flagsOf } from '../verifier.ts';
import smoke from './smoke.ts';

/** Contract, "The backplane's surface": VAULT_TIMEOUT_SECONDS. */
const vaultTimeoutSeconds = 10;

const given = (...args: readonly string[]) =>
  readFlags(flagsOf(smoke), ['--backplane=https://meho.example.com', ...args]).values['request-timeout'];

test('waits longer than the backplane waits for Vault: a Vault without an answer is for leg 4 to tell', () => {
  expect(given()).toBeGreaterThan(vaultTimeoutSeconds);
  expect(given('--request-timeout=3')).toBe(3);
});
