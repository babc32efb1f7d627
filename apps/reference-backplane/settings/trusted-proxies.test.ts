import { describe, expect, test } from 'vitest';
import { parseTrustedProxies } from './trusted-proxies.ts';

describe('FORWARDED_ALLOW_IPS', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '10.0.0.1', false],
    ['10.42.0.0/16, 192.168.7.1', '10.42.3.4', true],
    ['10.42.0.0/16, 192.168.7.1', '192.168.7.1', true],
    ['10.42.0.0/16, 192.168.7.1', '10.43.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['*', '203.0.113.9', true],
    ['', '127.0.0.1', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['10.0.0.0/8', 'unix:/run/socket', false],
  ])('%j trusts %s: %s', (value, address, expected) => {
    expect(parseTrustedProxies(value)(address)).toBe(expected);
  });

  test('names every entry that is no address', () => {
    expect(() => parseTrustedProxies('10.0.0.0/33, ingress, 10.0.0.1/8/2, 10.0.0.1')).toThrow(
      '"10.0.0.0/33", "ingress", "10.0.0.1/8/2"',
    );
  });
});
