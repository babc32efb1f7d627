import { expect, test } from 'vitest';
import { postgresUrl } from './postgres-url.ts';

const unverified = { rejectUnauthorized: false };

test.each([
  ['postgresql://u:p@h:5432/d', 'postgresql://u:p@h:5432/d', unverified, true],
  ['postgres://u:p@h/d', 'postgresql://u:p@h/d', unverified, true],
  ['postgresql+asyncpg://u:p%40@h/d?ssl=disable', 'postgresql://u:p%40@h/d', false, false],
  [
    'postgresql+asyncpg://u:p@h/d?ssl=require&application_name=x',
    'postgresql://u:p@h/d?application_name=x',
    unverified,
    false,
  ],
  [
    'postgresql://u:p@h/d?sslmode=verify-full',
    'postgresql://u:p@h/d?sslmode=verify-full&uselibpqcompat=true',
    undefined,
    false,
  ],
])('%s', (text, url, encryption, plainToo) => {
  expect(postgresUrl(text)).toEqual({ url, encryption, plainToo });
});

test('what is not a URL throws', () => {
  expect(() => postgresUrl('host=h dbname=d')).toThrow(TypeError);
});
