import { expect, test } from 'vitest';
import { optional, readFlags } from './flags.ts';
import { anyText, outputFile } from './values.ts';

test('a name that no file can have is a bad value like any other', () => {
  const name = 'x'.repeat(300);
  const { problems } = readFlags({ badge: optional('FILE', 'a badge', outputFile) }, ['--badge', name]);
  expect(problems).toEqual([`--badge: expected something that can be looked at (ENAMETOOLONG), got "${name}"`]);
});

test.each(['-x', '- -', '- -x', '-a=b --badge', '-\u001b--', '-1'])(
  'an argument like letters of flags, %j, is one unknown flag, and the flags behind it count',
  (arg) => {
    const flags = { badge: optional('FILE', 'a badge', anyText('a file')) };
    const { values, problems } = readFlags(flags, [arg, '--badge=b.json']);
    expect(problems).toEqual([`unknown flag ${arg}`]);
    expect(values.badge).toBe('b.json');
  },
);

test('a value may begin with a dash', () => {
  const flags = { days: optional('NUMBER', 'days', anyText('a number')) };
  expect(readFlags(flags, ['--days', '-1'])).toEqual({ values: { days: '-1' }, problems: [] });
});
