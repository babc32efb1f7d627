import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { fitForMarkup, jsonText, safeLine, safeLines, withoutOrdersInMarkup } from './safe-text.ts';

describe('a line', () => {
  test.each([
    ['::error::x', '\\u003a:error::x'],
    ['  \u00a0::add-mask::a', '  \u00a0\\u003a:add-mask::a'],
    ['\u034f:\ufe0f:error::x', '\u034f\\u003a\ufe0f:error::x'],
    ['a\n::error::x', 'a | ::error::x'],
    ['says ##[add-mask]a', 'says ##\\u005badd-mask]a'],
    ['says #\ufe0f#\u034f[add-mask]a', 'says #\ufe0f#\u034f\\u005badd-mask]a'],
    ['###[set-output name=a]b', '###\\u005bset-output name=a]b'],
    ['a\u001b[2Jb\rc\u009bd', 'a\\u001b[2Jb\\u000dc\\u009bd'],
    ['a\u202eb\u2028c\ufffed\uffff', 'a\\u202eb\\u2028c\\ufffed\\uffff'],
    ['\ud800', '\\ud800'],
  ])('%j is written as %s', (text, expected) => {
    expect(safeLine(text)).toBe(expected);
  });

  test.each([
    "select '1'::int from a::b",
    'http://[::1]:8080 and fe80::1',
    'Größe naïve 日本語 żółć emoji 😀 #[x] ## [y] # 1',
    'error: `kubectl get pods -n meho`',
  ])('%s stays as it is', (text) => {
    expect(safeLine(text)).toBe(text);
  });

  test('holds no order and no control character, whatever the text', () => {
    const nasty = fc.constantFrom('::', '#', '##[', '[', ':', '\n', '\r', '\u001b', '\ufe0f', ' ', '\ud83d', 'error');
    const text = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (each) => {
        const line = safeLine(each);
        // The runner trims, and ignores zero-width characters.
        const seen = line.replace(/\p{Default_Ignorable_Code_Point}/gu, '').trimStart();
        expect(seen.startsWith('::') || seen.includes('##[')).toBe(false);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(safeLine(line)).toBe(line);
      }),
    );
  });
});

test('lines stay lines', () => {
  expect(safeLines('a\n::error::b\n\t##[group]c')).toBe('a\n\\u003a:error::b\n	##\\u005bgroup]c');
});

test('a JSON document says the same to every parser', () => {
  const text = fc.array(fc.oneof(fc.constantFrom('##[', '::error::', '\u001b', '\\'), fc.string({ unit: 'binary' })));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), text), (document) => {
      const written = jsonText(document);
      expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(document)));
      expect(written).not.toMatch(/##\[|^\s*::|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/mu);
    }),
  );
});

test('markup says the same to every parser, as far as markup can say it', () => {
  const xml = withoutOrdersInMarkup(`<a>${fitForMarkup('x ##[error]y\u001b\ufffe\ud800')}</a>`);
  expect(xml).not.toMatch(/##\[|[^\P{Cc}\n]|\p{Cs}|\ufffe/u);
  expect(new XMLParser({ htmlEntities: true }).parse(xml)).toEqual({ a: 'x ##[error]y\\u001b\\ufffe\\ud800' });
});
