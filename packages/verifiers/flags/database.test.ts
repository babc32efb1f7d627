import { lineSafe } from '@meho/core/redaction/line-safe';
import { expect, test, vi } from 'vitest';
import { secretsOfUrl } from './database.ts';

test("a database URL's password is a secret as written and as meant", () => {
  const secrets = secretsOfUrl('postgresql+asyncpg://meho:p%40ss@h/d');
  expect(lineSafe(secrets)('p%40ss p@ss meho')).toBe('[secret] [secret] meho');
});

test('a password is one wherever a URL has it, and wherever the URL leads to it', () => {
  const among = 'postgresql://meho@a:1,b:2/d?sslmode=require&password=p%40s+s&sslpassword=key-word';
  expect(lineSafe(secretsOfUrl(among))('p%40s+s p@s+s p@s s key-word meho')).toBe(
    '[secret] [secret] [secret] [secret] meho',
  );
  expect(lineSafe(secretsOfUrl('postgresql+asyncpg://meho:pass/word@h/d'))('pass/word')).toBe('[secret]');
  vi.stubEnv('PGPASSWORD', 'of-the-environment');
  expect(lineSafe(secretsOfUrl('postgresql://meho@h/d'))('of-the-environment')).toBe('[secret]');
  vi.unstubAllEnvs();
});
