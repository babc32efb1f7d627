import { expect, test } from 'vitest';
import { retryAfterMs } from './attempts.ts';
import { scrubbed } from './pull.ts';
import { digestIn } from './push.ts';

const now = Date.parse('2026-11-30T12:00:00Z');

test.each([
  ['7', 7_000],
  ['Mon, 30 Nov 2026 12:00:30 GMT', 30_000],
  ['Mon, 30 Nov 2026 11:59:00 GMT', undefined],
  ['0', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After %j is %j ms', (told, waitMs) => {
  expect(retryAfterMs(new Headers({ 'retry-after': told }), now)).toBe(waitMs);
});

const digest = `sha256:${'0123abcd'.repeat(8)}`;

test.each([
  [`Pushed: r/a:1.0.0\nDigest: ${digest}\n`, digest],
  [`Pushed: r/a:1.0.0\r\nDigest: ${digest}\r\n`, digest],
  [`Digest: ${digest}0\n`, undefined],
  [`  Digest: ${digest}\n`, undefined],
  ['Pushed: r/a:1.0.0\n', undefined],
])('%j has the digest %s', (said, found) => {
  expect(digestIn(said)).toBe(found);
});

test('nobody has no login, and all else that the machine needs', () => {
  const left = {
    HELM_REGISTRY_CONFIG: '/runner/logins.json',
    HELM_CONFIG_HOME: '/runner/helm',
    XDG_CONFIG_HOME: '/runner/config',
    DOCKER_AUTH_CONFIG: '{}',
    REGISTRY_AUTH_FILE: '/runner/auth.json',
  };
  expect(scrubbed({ ...left, PATH: '/bin', SSL_CERT_FILE: '/ca.pem', HOME: '/runner' }, '/nobody')).toEqual({
    PATH: '/bin',
    SSL_CERT_FILE: '/ca.pem',
    HOME: '/nobody',
    DOCKER_CONFIG: '/nobody',
    HELM_REGISTRY_CONFIG: '/nobody/registry.json',
  });
});
