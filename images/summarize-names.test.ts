import { expect, test } from 'vitest';
import { summarizeNames } from './summarize-names.ts';

test('a few are named, more are counted', () => {
  expect(summarizeNames(['node', 'pause'])).toBe('node, pause');
  expect(summarizeNames(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  expect(summarizeNames(['a', 'b', 'c', 'd', 'e'])).toBe('5 images');
});
