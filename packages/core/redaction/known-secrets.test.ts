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

describe('a secret in a notation that no single encoder gives', () => {
  const secret = 'p@ss/w"ord %1';
  const units = (text: string) =>
    Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  test.each([
    ['every character for a URL', Array.from(secret, (char) => `%${char.charCodeAt(0).toString(16)}`).join('')],
    ['some characters for a URL', 'p%40ss/w"ord+%251'],
    ['every character for JSON', units(secret)],
    ['in large hexadecimal digits', `${units('p@ss/').replaceAll('f', 'F')}w\\"ord %1`],
    ['with a slash as PHP writes it', 'p@ss\\/w\\"ord %1'],
    ['for HTML', 'p@ss/w&quot;ord&#32;%1'],
    ['in hexadecimal digits', Buffer.from(secret).toString('hex')],
  ])('%s', (_form, text) => {
    expect(new KnownSecrets([secret]).hide(`it is ${text}, really`, '[x]')).toBe('it is [x], really');
  });

  test('words as YAML folds them, and the lines of a literal', () => {
    const known = new KnownSecrets(['correct horse battery', 'line one\nline two']);
    expect(known.hide('a: >-\n  correct\n  horse\n  battery\nb: 1', '[x]')).toBe('a: >-\n  [x]\nb: 1');
    expect(known.hide('a: |\n    line one\n    line two\nb: 1', '[x]')).toBe('a: |\n    [x]\nb: 1');
  });

  test('base64 broken into lines', () => {
    const long = 'Tr0ub4dor and the staple';
    const text = base64(long).replace(/(.{10})/g, '$1\n  ');
    expect(new KnownSecrets([long]).hide(`data: |\n  ${text}`, '[x]').replace(/\s/g, '')).not.toContain(
      base64(long).slice(4, 12),
    );
  });

  test('the longer of two, of which one begins the other', () => {
    const known = new KnownSecrets(['hunter2-abc', 'hunter2-abc-longer']);
    expect(known.hide('hunter2-abc-longer hunter2-abc', '[x]')).toBe('[x] [x]');
  });
});
