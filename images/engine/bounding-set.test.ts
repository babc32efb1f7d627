import { expect, test } from 'vitest';
import { lacksCapabilities } from './bounding-set.ts';

test.each([
  ['all of 41', '000001ffffffffff', 40, false],
  ['no CAP_SYS_RESOURCE', '000001fffeffffff', 40, true],
  ['all of an older kernel', '0000003fffffffff', 37, false],
  ['an older list on a newer kernel', '0000003fffffffff', 40, true],
])('%s', (_, hex, last, expected) => {
  expect(lacksCapabilities(`Name:\tnode\nCapBnd:\t${hex}\nCapAmb:\t0\n`, last)).toBe(expected);
});
