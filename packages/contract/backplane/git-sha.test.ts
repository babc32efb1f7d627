import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gitSha, numberHint, reportedNumberHint, sameCommit } from './git-sha.ts';

const hex = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: min, maxLength: max });
const prefix = fc.constantFrom('', 'sha-');

test('either may be the beginning of the other, from 7 digits on, with or without sha-', () => {
  fc.assert(
    fc.property(hex(7, 64), fc.integer({ min: 7, max: 64 }), prefix, prefix, (full, length, one, other) => {
      expect(sameCommit(one + full, other + full.slice(0, length))).toBe(true);
      expect(sameCommit(other + full.slice(0, length), one + full)).toBe(true);
    }),
  );
});

test('fewer than 7 digits never match, not even themselves', () => {
  fc.assert(
    fc.property(hex(0, 6), prefix, (short, start) => {
      expect(sameCommit(start + short, start + short)).toBe(false);
    }),
  );
});

test('one different digit within what both have is another commit', () => {
  fc.assert(
    fc.property(hex(7, 40), fc.nat(), (full, at) => {
      const index = at % full.length;
      const other = full.slice(0, index) + (full[index] === '0' ? '1' : '0') + full.slice(index + 1);
      expect(sameCommit(full, other)).toBe(false);
    }),
  );
});

test('anything that is not hexadecimal is no git sha', () => {
  const junk = fc.string({ maxLength: 50 }).filter((text) => !/^(sha-)?[0-9a-f]{7,64}$/i.test(text));
  fc.assert(
    fc.property(junk, hex(7, 40), (text, full) => {
      expect(sameCommit(text, full)).toBe(false);
    }),
  );
});

test.each(['', 'unknown', 'sha-', 'sha-sha-abcdef0', ' abcdef0', 'abcdef0\n', 'v1.2.3', 'a'.repeat(65)])(
  '%j is no git sha',
  (text) => {
    expect(gitSha(text)).toBeUndefined();
  },
);

test('letters may be of either case', () => {
  expect(sameCommit('ABCDEF0', 'abcdef0123')).toBe(true);
});

test.each(['0012345', '0e12345', '12e4567', 'sha-1234567', '00123456789abcdef'])(
  'of %s a tag may have become a number, and it is told how to write it',
  (commit) => {
    expect(numberHint(commit)).toMatch(/quotes.*--set-string/);
  },
);

test.each(['3f2a9c1', 'e012345', '0e1234a', '12ee456', 'junk'])('of %s no tag is a number', (commit) => {
  expect(numberHint(commit)).toBeUndefined();
});

test.each([5349, 0, '5349', '0', '1.234567e+06', '1234567'])(
  '%j is what a number looks like when it is told',
  (told) => {
    expect(reportedNumberHint(told)).toMatch(/was a commit until .*quotes/);
  },
);

test.each([undefined, '', 'unknown', '3f2a9c1', null])('%j is none', (told) => {
  expect(reportedNumberHint(told)).toBeUndefined();
});
