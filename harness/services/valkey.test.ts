import { expect, test } from 'vitest';
import { versionOf } from './valkey.ts';

test("reads Valkey's own version, not the Redis version it also tells", () => {
  expect(versionOf('# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.1\r\n')).toBe('9.0.1');
});

test('reads the version of a server that is no Valkey', () => {
  expect(versionOf('# Server\r\nredis_version:7.2.4\r\n')).toBe('7.2.4');
});

test('knows when no version is told', () => {
  expect(versionOf('# Server\r\nos:Linux\r\n')).toBeUndefined();
});
