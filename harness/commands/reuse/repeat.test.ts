import type { TestReport } from '@meho/core/report/run-report';
import { expect, test } from 'vitest';
import { mergeRepetitions, type Repetition } from './repeat.ts';

const file = 'suites/install/cold-install.spec.ts';
const other = 'suites/smoke/refusals.spec.ts';

function repetition(...tests: readonly TestReport[]): Repetition {
  const of = (state: TestReport['state']) => tests.filter((each) => each.state === state).length;
  return { tests, tally: { passed: of('passed'), failed: of('failed'), skipped: of('skipped') } };
}
const passed = (name: string, place = file): TestReport => ({ file: place, name, state: 'passed', durationMs: 10 });
const failed = (name: string, detail: string): TestReport => ({ file, name, state: 'failed', durationMs: 20, detail });

test('a miss in any repetition is red, and how often is said of the test, its story and all', () => {
  const { tally, tests, lines } = mergeRepetitions([
    repetition(passed('a'), passed('b'), passed('c', other)),
    repetition(failed('a', 'it was 3'), failed('b', 'it was 4'), passed('c', other)),
    repetition(failed('a', 'it was 5'), passed('b'), passed('c', other)),
  ]);
  expect(tally).toEqual({ passed: 6, failed: 3, skipped: 0 });
  expect(tests).toEqual([
    { file, name: 'a', state: 'failed', durationMs: 50, detail: '2 of 3 failed\nit was 3' },
    { file, name: 'b', state: 'failed', durationMs: 40, detail: '1 of 3 failed\nit was 4' },
    { file: other, name: 'c', state: 'passed', durationMs: 30 },
  ]);
  expect(lines).toEqual([`${file}: 2 of 3 failed`, `${other}: 0 of 3 failed`, 'all: 2 of 3 failed']);
});

test('a repetition that ran nothing, or broke off without a failed test, has failed', () => {
  const broken = { tests: [], tally: { passed: 0, failed: 1, skipped: 0 } };
  const empty = { tests: [], tally: { passed: 0, failed: 0, skipped: 0 } };
  expect(mergeRepetitions([repetition(passed('a')), broken, empty]).lines).toEqual([
    `${file}: 0 of 3 failed`,
    'all: 2 of 3 failed',
  ]);
});
