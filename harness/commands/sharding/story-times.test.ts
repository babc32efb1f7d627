import type { TestReport } from '@meho/core/report/run-report';
import { aRun } from '@meho/core/report/testing/a-run';
import { expect, test } from 'vitest';
import { setUpOf, storiesOf, timesOf } from './story-times.ts';

const phase = (title: string, startMs: number, durationMs: number, depth = 1) => ({
  ...{ title, startMs, durationMs, depth, failed: false },
});
/** 40 s from the start of the cluster to the end of the ingress controller; the rest is no part of it. */
const phases = [
  phase('suites', 5_000, 300_000, 0),
  phase('cluster', 10_000, 38_000),
  phase('Postgres beside the cluster', 10_000, 6_000),
  phase('ingress controller', 48_000, 2_000),
  phase('cold install', 52_000, 9_000),
];
const took = (file: string, durationMs: number, state: TestReport['state'] = 'passed'): TestReport => ({
  ...{ file, name: `${file} ${durationMs}`, durationMs, state },
});

test('the environment’s start is from the first of its parts to the last', () => {
  expect(setUpOf({ phases })).toBe(40_000);
  expect(setUpOf({ phases: [phase('cluster of context lab', 0, 500), phase('attach to the cluster', 200, 400)] })).toBe(
    600,
  );
  expect(setUpOf({ phases: [] })).toBe(0);
  expect(setUpOf({ phases, setUpMs: 7 })).toBe(7);
});

test('a story’s time is that of its tests, without the environment’s start, which its first test waited for', () => {
  const tests = [took('counter', 500), took('a', 41_000), took('b', 2_000), took('a', 3_000)];
  expect(storiesOf(aRun({ phases, tests }))).toEqual([
    { file: 'counter', durationMs: 500 },
    { file: 'a', durationMs: 4_000 },
    { file: 'b', durationMs: 2_000 },
  ]);
});

test('where a story was skipped before, that has waited', () => {
  const tests = [took('a', 0, 'skipped'), took('b', 90_000)];
  expect(storiesOf(aRun({ phases, tests }))).toEqual([
    { file: 'a', durationMs: 0 },
    { file: 'b', durationMs: 90_000 },
  ]);
});

test('where tests say when they began, those beside each other count once, and none waits for the environment', () => {
  const origin = Date.parse('2026-03-10T02:00:00.000Z');
  const at = (test: TestReport, startMs: number) => ({ ...test, startedAt: new Date(origin + startMs).toISOString() });
  const tests = [
    // Needs no environment, beside its start.
    at(took('counter', 4_000), 12_000),
    // Waits for it until 50 s, and begins together with another.
    at(took('a', 45_000), 11_000),
    at(took('a', 50_000), 11_000),
    took('a', 0, 'skipped'),
    at(took('b', 100_000), 70_000),
    at(took('b', 20_000), 80_000),
    at(took('b', 5_000), 200_000),
  ];
  expect(storiesOf(aRun({ phases, tests, startedAt: new Date(origin).toISOString() }))).toEqual([
    { file: 'counter', durationMs: 4_000 },
    { file: 'a', durationMs: 11_000 },
    { file: 'b', durationMs: 105_000 },
  ]);
});

test('a whole of shards says what each story took', () => {
  const stories = [{ file: 'a', durationMs: 5 }];
  expect(storiesOf(aRun({ phases, tests: [took('a', 41_000)], stories }))).toEqual(stories);
});

test('the digest is of the times, in whatever order, and of nothing else', () => {
  const tests = [took('a', 1_000), took('b', 2_000)];
  const one = timesOf('x', aRun({ phases: [], tests }));
  expect(timesOf('y', aRun({ phases: [], tests: tests.toReversed(), durationMs: 1 })).digest).toBe(one.digest);
  expect(timesOf('x', aRun({ phases: [], tests: [took('a', 1_001), took('b', 2_000)] })).digest).not.toBe(one.digest);
});
