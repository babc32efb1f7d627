import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { classOf, NamedError } from './error-class.ts';

test.each([
  [new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }), 'ConnectError'],
  [Object.assign(new Error('x'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'CertificateVerifyError'],
  [Object.assign(new Error('x'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 'CertificateVerifyError'],
  [Object.assign(new Error('password authentication failed'), { code: '28P01' }), 'InvalidPasswordError'],
  [Object.assign(new Error('x'), { code: '22012' }), 'DatabaseError_22012'],
  [new NamedError('VaultDown', 'sealed', { cause: new Error('x') }), 'VaultDown'],
  [new DOMException('late', 'TimeoutError'), 'TimeoutError'],
  [new RangeError('x'), 'RangeError'],
  [new Error('Query read timeout'), 'TimeoutError'],
  ['thrown text', 'UnknownError'],
])('%s is %s', (error, expected) => {
  expect(classOf(error)).toBe(expected);
});

test('a refused connection is a ConnectError', async () => {
  const error = await new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve));
  expect(classOf(error)).toBe('ConnectError');
});
