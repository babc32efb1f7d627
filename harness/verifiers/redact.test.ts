import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineSafe, secretsOfUrl } from './redact.ts';

test('whatever the text, it stays one line without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(lineSafe([])(`a\n\r\u0007\u001b[31m\u2028${text}`)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test('a secret is replaced wherever it stands, the longer one first', () => {
  expect(lineSafe(['abc', 'abcdef'])('x abcdef y abc')).toBe('x [secret] y [secret]');
});

test("a database URL's password is a secret as written and as meant", () => {
  const secrets = secretsOfUrl('postgresql+asyncpg://meho:p%40ss@h/d');
  expect(lineSafe(secrets)('p%40ss p@ss meho')).toBe('[secret] [secret] meho');
});
