import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactor } from './redact.ts';

const redact = redactor();

test.each([
  ['postgresql://meho:s3cret-word@10.0.0.1:5432/meho', 's3cret-word'],
  ['DATABASE_URL=postgresql+asyncpg://meho:pa55@db/meho', 'pa55@'],
  ['Authorization: Bearer abc.def', 'abc.def'],
  ['{"authorization":"Basic Zm9vOmJhcg=="}', 'Zm9vOmJhcg'],
  ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhYmMifQ.c2lnbmF0dXJl here', 'eyJhbGci'],
  ['vault token hvs.CAESIJk3x0v9q8w7e6r5t4y3u2i1', 'CAESIJ'],
  ['password: hunter22', 'hunter22'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', 'MIIE'],
  ['-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----', 'MHcC'],
])('takes the secret out of %s', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
  expect(redact(text)).toContain('redacted');
});

test.each([
  'https://meho.example.com/api/v1/health',
  'Secret meho-postgres not found',
  'time: 10:20:30 user@example.com',
])('leaves %s as it is', (text) => {
  expect(redact(text)).toBe(text);
});

test('a known secret never survives, plain, in a URL or in base64', () => {
  const secret = fc
    .string({ minLength: 6, maxLength: 30 })
    .filter((value) => !'[redacted]'.includes(value) && value.isWellFormed());
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const hide = redactor([value]);
      for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')]) {
        const text = `${before.replaceAll(value, '')}\n${form}\n${after.replaceAll(value, '')}`;
        expect(hide(text).split('\n').slice(1, -1).join('\n')).not.toBe(form);
      }
    }),
  );
});
