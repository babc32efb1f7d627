import { expect, test } from 'vitest';
import { formatDuration } from './login-lines.ts';

test.each([
  [400, 'less than 1 s'],
  [15_900, '15 s'],
  [60_000, '1 min'],
  [90_000, '90 s'],
  [119_999, '119 s'],
  [179_000, '2 min'],
  [300_000, '5 min'],
  [599_999, '9 min'],
  [3_600_000, '60 min'],
])('%i ms are %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});
