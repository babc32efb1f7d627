import { expect, test } from 'vitest';
import { optional, readFlags } from './flags.ts';
import { outputFile } from './values.ts';

test('a name that no file can have is a bad value like any other', () => {
  const name = 'x'.repeat(300);
  const { problems } = readFlags({ badge: optional('FILE', 'a badge', outputFile) }, ['--badge', name]);
  expect(problems).toEqual([`--badge: expected something that can be looked at (ENAMETOOLONG), got "${name}"`]);
});
