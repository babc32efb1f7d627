import { lineSafe } from '@meho/core/redaction/line-safe';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretsOfToken } from './redact.ts';

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

describe('what a token tells', () => {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signature = 'c2lnbmF0dXJlLW9mLXRoZS10b2tlbg';
  const tokenOf = (claims: object) => `${encoded({ alg: 'RS256' })}.${encoded(claims)}.${signature}`;
  const ada = { sub: '7d0c2f7e', name: 'Ada Operator', email: 'ada@example.com', preferred_username: 'ada' };

  test('is not shown, nor any part of it that identifies it; the sub may be', () => {
    const token = tokenOf(ada);
    const safe = lineSafe(secretsOfToken(token));
    const text = `${token} ${encoded(ada)} ${signature} Ada Operator <ada@example.com> sub 7d0c2f7e ada`;
    expect(safe(text)).toBe('[secret] [secret] [secret] [secret] <[secret]> sub 7d0c2f7e ada');
  });

  test('blots out no word of the lines themselves', () => {
    const safe = lineSafe(secretsOfToken(tokenOf({ name: 'meho', email: '', preferred_username: 'operator' })));
    expect(safe('release meho, role operator')).toBe('release meho, role operator');
  });

  test.each(['opaque', 'not.json.x', `${encoded({})}.${encoded([])}.${signature}`])(
    'is the whole where nothing can be read in it: %s',
    (token) => {
      expect(lineSafe(secretsOfToken(token))(`x ${token} y`)).toBe('x [secret] y');
    },
  );
});
