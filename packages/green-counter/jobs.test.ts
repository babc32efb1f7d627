import { describe, expect, test } from 'vitest';
import { isCalled, type Job, smokeIn } from './jobs.ts';

describe('a job has a name', () => {
  test.each([
    ['smoke', 'smoke'],
    ['smoke (a, b)', 'smoke'],
    ['smoke ()', 'smoke'],
    // GitHub's name of a matrix skipped before its expansion.
    [`smoke (\${{ matrix.cluster }})`, 'smoke'],
    ['smoke (rke2 / v1.33, a (b))', 'smoke'],
    ['caller / smoke', 'smoke'],
    ['caller / smoke (a)', 'smoke'],
    ['caller (x / y, 1) / inner (z) / smoke (a / b)', 'smoke'],
    ['caller (x) / smoke', 'caller / smoke'],
    ['other / caller / smoke', 'caller / smoke'],
    ['🔥 smoke (a)', '🔥 smoke'],
    ['build / test (a)', 'build / test'],
    ['a) / smoke (b', 'a) / smoke (b'],
    ['smoke (a)', 'smoke (a)'],
    [`smoke (rke2, ${'x'.repeat(80)}...`, 'smoke'],
    [`caller / smoke (a / ${'x'.repeat(80)}...`, 'caller / smoke'],
    // The caller's name is cut, and the called name follows.
    [`caller (rke2, ${'x'.repeat(80)}... / smoke`, 'smoke'],
    [`caller (rke2, ${'x'.repeat(80)}... / smoke`, 'caller / smoke'],
    [`caller (x / y, ${'x'.repeat(80)}... / smoke (a / b)`, 'smoke'],
    [
      `caller (${'x'.repeat(80)}... / inner (${'y'.repeat(80)}... / smoke (${'z'.repeat(80)}...`,
      'caller / inner / smoke',
    ],
    [`smoke (x... / ${'y'.repeat(80)}...`, 'smoke'],
    // Too long before, or without, a matrix.
    [`${'x'.repeat(97)}...`, 'x'.repeat(120)],
    [`${'x'.repeat(97)}... / smoke`, `${'x'.repeat(120)} / smoke`],
    [`${'x'.repeat(96)} ...`, 'x'.repeat(96)],
  ])('%s is called %s', (job, name) => {
    expect(isCalled(job, name)).toBe(true);
  });
  test.each([
    ['smoke-test', 'smoke'],
    ['pre-smoke', 'smoke'],
    ['Smoke', 'smoke'],
    ['🔥 smoke', 'smoke'],
    ['smoke test', 'smoke'],
    ['smoke / cleanup', 'smoke'],
    ['smoke (a) / cleanup', 'smoke'],
    ['smoke (a) / cleanup (b)', 'smoke'],
    ['cleanup (x / smoke)', 'smoke'],
    ['cleanup (x / smoke (y))', 'smoke'],
    ['a/smoke', 'smoke'],
    ['smoke(a)', 'smoke'],
    ['smoke', 'caller / smoke'],
    ['other / smoke', 'caller / smoke'],
    ['smoke (b)', 'smoke (a)'],
    ['smoke-test (a, b...', 'smoke'],
    ['smoke (a) / cleanup (b...', 'smoke'],
    ['cleanup (x / smoke (y...', 'smoke'],
    ['cleanup (x... / smoke (y))', 'smoke'],
    [`caller (rke2, ${'x'.repeat(80)}... / smoke / cleanup`, 'smoke'],
    [`caller (rke2, ${'x'.repeat(80)}... / pre-smoke`, 'smoke'],
    ['smo...', 'smoke'],
    [`${'x'.repeat(97)}...`, 'x'.repeat(60)],
    ['', 'smoke'],
  ])('%s is not called %s', (job, name) => {
    expect(isCalled(job, name)).toBe(false);
  });
});

describe('what became of the smoke', () => {
  type Told = readonly [name: string, conclusion?: string | null, attempt?: number];
  const of = (told: readonly Told[], name = 'smoke') =>
    smokeIn(
      told.map(([job, conclusion = 'success', attempt = 1], id): Job => ({ id, name: job, conclusion, attempt })),
      name,
    );

  test.each<[string, readonly Told[], string | null]>([
    ['it succeeded', [['gate'], ['smoke']], 'success'],
    ['another was skipped', [['gate', 'skipped'], ['smoke']], 'success'],
    ['a leg failed whose name GitHub has cut off', [['smoke (a)'], ['smoke (b, x...', 'failure']], 'failure'],
    [
      'a leg failed of a caller whose name is cut off',
      [['lab (a) / smoke'], ['lab (b, x... / smoke', 'failure']],
      'failure',
    ],
    ['the names of all legs are cut off', [['smoke (a, x...'], ['smoke (b, x...']], 'success'],
    [
      'it was left alone by a re-run',
      [
        ['smoke', 'success', 1],
        ['docs', 'failure', 1],
        ['docs', 'success', 2],
      ],
      'success',
    ],
    [
      'a re-run mended it',
      [
        ['smoke', 'failure', 1],
        ['smoke', 'success', 2],
      ],
      'success',
    ],
    [
      'only a re-run came to it',
      [
        ['smoke', 'skipped', 1],
        ['smoke (a)', 'success', 2],
      ],
      'success',
    ],
    ['it failed and was allowed to', [['smoke', 'failure']], 'failure'],
    ['one leg failed', [['smoke (a)'], ['smoke (b)', 'failure'], ['smoke (c)', 'skipped']], 'failure'],
    [
      'a re-run broke it',
      [
        ['smoke', 'success', 1],
        ['smoke', 'failure', 2],
      ],
      'failure',
    ],
    ['it was cancelled', [['smoke', 'cancelled']], 'cancelled'],
    ['it is neutral', [['smoke', 'neutral']], 'neutral'],
    ['it goes on', [['smoke', null]], null],
    ['one of two with its name failed', [['smoke'], ['smoke', 'failure']], 'failure'],
  ])('where %s', (_, jobs, conclusion) => {
    expect(of(jobs)).toMatchObject({ state: 'ran', conclusion });
    expect(of(jobs.toReversed())).toMatchObject({ state: 'ran', conclusion });
  });
  test.each<[string, readonly Told[], string?]>([
    ['one leg of two, whose name GitHub has cut off', [['smoke (a)'], ['smoke (b, x...', 'skipped']]],
    ['behind a gate', [['gate'], ['smoke', 'skipped']]],
    [
      'because what it needs failed',
      [
        ['build', 'failure'],
        ['smoke', 'skipped'],
      ],
    ],
    ['in one of two workflows', [['a / smoke'], ['b / smoke', 'skipped']]],
    [
      'by a re-run',
      [
        ['smoke', 'success', 1],
        ['smoke', 'skipped', 2],
      ],
    ],
    [
      'by a re-run, its legs with it',
      [
        ['smoke (a)', 'success', 1],
        ['smoke (b)', 'success', 1],
        ['smoke', 'skipped', 2],
      ],
    ],
    [
      'by a re-run, with its caller',
      [
        ['lab / smoke', 'success', 1],
        ['lab', 'skipped', 2],
      ],
    ],
    ['with its caller', [['gate'], ['lab', 'skipped']], 'lab / smoke'],
    ['beside a summary of its name', [['lab / smoke', 'skipped'], ['smoke']]],
  ])('where it was skipped %s', (_, jobs, name) => {
    expect(of(jobs, name)).toMatchObject({ state: 'skipped' });
  });
  test('where it is not there, names what is', () => {
    expect(of([['build'], ['smoke-it', 'skipped'], ['build']])).toEqual({
      state: 'absent',
      shown: 'it has "build", "smoke-it" (skipped)',
    });
    expect(of([])).toEqual({ state: 'absent', shown: 'it has none' });
    expect(of([['lab', 'skipped']])).toEqual({ state: 'absent', shown: 'it has "lab" (skipped)' });
    const many = Array.from({ length: 120 }, (__, index): Told => [`job ${index}`]);
    expect(of(many)).toMatchObject({ shown: expect.stringMatching(/"job 7" and 112 more$/) });
  });
});
