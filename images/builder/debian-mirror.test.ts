import { expect, test } from 'vitest';
import { mirrorIn, proxiesIn } from './debian-mirror.ts';

test('deb822', () => {
  const sources = 'Types: deb\n# http://old.example/debian\nURIs: http://mirror.example/debian/\nSuites: bookworm\n';
  expect(mirrorIn(sources)).toBe('http://mirror.example/debian');
});

test('one-line format with options', () => {
  expect(
    mirrorIn('#deb http://a/debian x\ndeb [arch=amd64 signed-by=/k] https://m.example/pub/debian trixie main\n'),
  ).toBe('https://m.example/pub/debian');
});

test('security archives, other distributions and strangers do not count', () => {
  const sources = 'deb http://m/debian-security x main\ndeb http://archive.ubuntu.example/ubuntu noble main\n';
  expect(mirrorIn(sources)).toBeUndefined();
});

test('proxies that are set are passed on, and nothing else', () => {
  const dump = 'Acquire::http::Proxy "http://p:3128";\nAcquire::https::Proxy "";\nAcquire::Languages "none";\n';
  expect(proxiesIn(dump)).toEqual(['Acquire::http::Proxy "http://p:3128"']);
});
