import { expect, test } from 'vitest';
import { breaches, type Law, lawText } from './law.ts';

const flat: Law = { msEach: 0, mib: 120 };
const linear: Law = { msEach: 2, mib: 120 };
const points = (...ms: readonly number[]) => ms.map((each, index) => ({ size: 10 ** index, ms: each, mib: 60 }));

test('flat is within half as much again and a quarter of a second of the smallest', () => {
  expect(breaches(flat, points(200, 200, 550))).toEqual([]);
  expect(breaches(flat, points(200, 200, 551))).toEqual(['0.55 s at 100, where 0.55 s are allowed beside 0.20 s at 1']);
});

test('a linear law grows with the size, and what grows faster breaks it', () => {
  const grown = (power: number) => points(...[0, 1, 2, 3].map((index) => 200 + (10 ** index) ** power));
  expect(breaches(linear, grown(1))).toEqual([]);
  expect(breaches(linear, grown(2))).toHaveLength(2);
  expect(breaches(flat, grown(1))).toHaveLength(1);
});

test('memory has a bound at every size, the smallest too', () => {
  expect(
    breaches(flat, [
      { size: 1, ms: 1, mib: 121 },
      { size: 2, ms: 1, mib: 119 },
    ]),
  ).toEqual(['121 MiB at 1, where 120 are allowed']);
});

test('one size alone shows no law', () => {
  expect(() => breaches(flat, points(1))).toThrow(/two sizes or more/);
});

test('a law says what is allowed', () => {
  expect([lawText(flat), lawText(linear)]).toEqual([
    'flat, at most 120 MiB',
    'at most 2 ms for each more, at most 120 MiB',
  ]);
});
