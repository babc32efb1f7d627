import { expect, test } from 'vitest';
import type { Pair } from './pair-record.ts';
import { pairsTable } from './pairs-table.ts';
import type { PairSubject } from './subjects.ts';

const subject = (bar?: number): PairSubject => ({
  name: 'smoke',
  what: 'a smoke',
  pairs: 3,
  ...(bar === undefined ? {} : { bar }),
  prepare: () => Promise.reject(new Error('not asked')),
});
const pair = (own: number, load = 0.2): Pair => ({
  subject: 'smoke',
  own: { wallMs: own, cpuMs: own },
  baseline: { wallMs: 1000, cpuMs: 1000 },
  load,
});
const cellsOf = (text: string) => (text.split('\n')[1] ?? '').split(/ {2,}/);

test('medians, their ratio, and whether the bar is met', () => {
  const table = pairsTable([subject(1.1)], [pair(5000), pair(1100), pair(900)]);
  expect(cellsOf(table)).toEqual([
    'a smoke',
    '3',
    '1.10 s',
    '1.00 s',
    '1.10',
    '1.10 s',
    '1.00 s',
    '1.10',
    '1.10',
    'met',
    '0.2',
  ]);
});

test('a bar is missed by the worse of wall and processor time', () => {
  const slow = { ...pair(1000), own: { wallMs: 1000, cpuMs: 1300 } };
  expect(pairsTable([subject(1.1)], [slow])).toContain('MISSED');
});

test('without a bar none is met, and a busy machine is said', () => {
  const table = pairsTable([subject()], [pair(900, 3.21), pair(900)]);
  expect(table).not.toMatch(/met|MISSED/);
  expect(table).toContain('up to 3.2: not alone');
});

test('what was not taken has no row', () => {
  expect(pairsTable([subject(1)], []).split('\n')).toHaveLength(1);
});
