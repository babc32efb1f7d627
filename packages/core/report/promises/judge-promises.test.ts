import { expect, test } from 'vitest';
import type { CheckRecord, TestReport } from '../run-report.ts';
import { busyTime } from './busy-time.ts';
import { judgePromises, type PromiseDefinition } from './judge-promises.ts';

const smoke: PromiseDefinition = {
  id: 'smoke',
  title: 'Smoke',
  promise: 'a token is accepted',
  stories: ['suites/smoke/a.spec.ts', 'suites/smoke/b.spec.ts'],
  faults: ['sealed: Vault is sealed', 'gone: Vault is gone'],
};

const story = (name: string, state: TestReport['state'], file = 'a'): TestReport => ({
  file: `suites/smoke/${file}.spec.ts`,
  name,
  state,
  durationMs: 10,
});
const fault = (name: string, state: TestReport['state']): TestReport => ({
  file: 'harness/faults/smoke.faults.ts',
  name: `smoke > ${name}`,
  state,
  durationMs: 10,
});
const check = (of: string, outcome: CheckRecord['outcome'], id = 'healthz'): CheckRecord => ({
  test: of,
  id,
  title: id,
  outcome,
  durationMs: 1,
});

function judged(tests: readonly TestReport[], more: Partial<Parameters<typeof judgePromises>[1]> = {}) {
  const [promise] = judgePromises([smoke], { tests, checks: [], isByName: false, ...more });
  if (promise === undefined) {
    throw new Error('there is a definition, so there is a promise');
  }
  return promise;
}

const [green, greenToo] = [story('x', 'passed'), story('y', 'passed', 'b')];
const ended = { how: 'interrupted', why: 'SIGINT' } as const;

test.each([
  ['all of its stories passed', [green, greenToo], {}, 'holds'],
  ['one of its stories failed', [green, story('y', 'failed', 'b')], {}, 'broken'],
  ['one failed before the run was interrupted', [story('x', 'failed')], { ended }, 'broken'],
  ['the run was interrupted', [green, greenToo], { ended }, 'unfinished'],
  ['one was skipped', [green, story('y', 'skipped', 'b')], {}, 'partly proven'],
  ['a file of its stories was not asked', [green], {}, 'partly proven'],
  ['tests were asked for by name', [green, greenToo], { isByName: true }, 'partly proven'],
  ['all were skipped', [story('x', 'skipped'), story('y', 'skipped', 'b')], {}, 'not proven'],
  ['no story of it was run', [{ ...green, file: 'suites/install/a.spec.ts' }], {}, 'not asked'],
  ['its faults were seen', [fault('healthy', 'passed'), fault('gone: Vault is gone', 'passed')], {}, 'sees its faults'],
  ['a fault was not seen', [fault('gone: Vault is gone', 'failed')], {}, 'blind'],
  ['its faults were all skipped', [fault('gone: Vault is gone', 'skipped')], {}, 'not proven'],
] as const)('%s', (_, tests, more, state) => {
  expect(judged(tests, more).state).toBe(state);
});

test('checks are counted by what was made, and those of other promises are not', () => {
  const other = { ...green, name: 'z', file: 'suites/install/z.spec.ts' };
  const checks = [
    check('x', 'holds'),
    check('x', 'holds'),
    check('x', 'skipped', 'row'),
    check('z', 'holds', 'budget'),
  ];
  expect(judged([green, other], { checks }).checks).toEqual({ ids: 2, made: 2 });
});

test('faults: of the suite of faults by their titles; in stories only checks that were red in a story which passed', () => {
  const checks = [check('x', 'violated'), check('x', 'unknown', 'a'), check('y', 'violated', 'version')];
  const tests = [
    green,
    story('y', 'failed', 'b'),
    fault('healthy', 'passed'),
    fault('gone: Vault is gone', 'passed'),
    fault('sealed: Vault is sealed', 'failed'),
  ];
  expect(judged(tests, { checks }).faults).toEqual({
    known: 2,
    seen: ['gone: Vault is gone'],
    missed: ['sealed: Vault is sealed'],
    redInStories: ['healthz'],
  });
});

test('time in which tests ran is counted once; without their beginnings times add up', () => {
  const at = (second: number, durationMs: number) => ({ startedAt: `2026-01-01T00:00:0${second}.000Z`, durationMs });
  expect(busyTime([at(5, 1000), at(0, 2000), at(1, 3000)])).toBe(5000);
  expect(busyTime([at(0, 2000), { durationMs: 3000 }])).toBe(5000);
  expect(busyTime([])).toBe(0);
});
