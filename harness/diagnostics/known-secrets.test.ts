import { describe, expect, test } from 'vitest';
import { KnownSecrets } from './known-secrets.ts';

const password = 'p@ss/w"ord é, 42';
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['as it is', password],
  ['for a URL', encodeURIComponent(password)],
  ['for a URL in small letters', encodeURIComponent(password).replace(/%../g, (code) => code.toLowerCase())],
  ['for a form', encodeURIComponent(password).replaceAll('%20', '+')],
  ['for JSON', JSON.stringify(password).slice(1, -1)],
  ['for JSON in ASCII', JSON.stringify(password).slice(1, -1).replace('é', '\\u00e9')],
  ['for JSON in JSON', JSON.stringify(JSON.stringify(password).slice(1, -1)).slice(1, -1)],
])('a secret is hidden %s', (_form, text) => {
  expect(new KnownSecrets([password]).hide(`it is ${text}, really`, '[x]')).toBe('it is [x], really');
});

test.each(['', 'a', 'ab', 'abc', 'meho:'])('a secret is hidden in base64 behind %j', (before) => {
  const hidden = new KnownSecrets([password]).hide(base64(`${before}${password} and more`), '');
  expect(Buffer.from(hidden.slice(-8), 'base64').toString()).not.toContain(password.slice(-6));
  expect(hidden.length).toBeLessThan(base64(`${before} and more`).length + 8);
});

describe('a token', () => {
  const token = 'opaque0Token1of2a3Cluster4with5digits';
  test.each([
    [`cut ${token.slice(0, 20)}`, 'cut [x]'],
    [`cut ${token.slice(8, 24)}… here`, 'cut [x]… here'],
    [`joined=${token.slice(-14)}&a=1`, 'joined=[x]&a=1'],
  ])('is hidden in pieces: %s', (text, expected) => {
    expect(new KnownSecrets([token]).hide(text, '[x]')).toBe(expected);
  });
});

test.each([
  ['ADA@Example.COM', '[x]'],
  ['ada%40example.com', '[x]'],
  ['ada operator', '[x]'],
  ['Ada+Operator', '[x]'],
  ['adamant', 'adamant'],
])('names are the same in any case: %s', (text, expected) => {
  expect(new KnownSecrets(['ada@example.com', 'Ada Operator']).hide(text, '[x]')).toBe(expected);
});

test('what becomes known later is hidden from then on', () => {
  const known = new KnownSecrets();
  expect(known.hide('a hunter2', '[x]')).toBe('a hunter2');
  known.add(['hunter2']);
  expect(known.hide('a hunter2', '[x]')).toBe('a [x]');
});
