import { expect, test } from 'vitest';
import { inWords } from './in-words.ts';

test('a few are named, more are counted', () => {
  expect(inWords(['node', 'pause'])).toBe('node, pause');
  expect(inWords(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  expect(inWords(['a', 'b', 'c', 'd', 'e'])).toBe('5 images');
});
