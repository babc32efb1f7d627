import { availableParallelism } from 'node:os';
import { expect, vi } from 'vitest';
import { runByProcess } from './testing/inputs/by-process.ts';
import { createSharedFixture } from './testing/inputs/shared-fixture.ts';
import { describeFinding } from './testing/inputs/tally.ts';
import { plannedAbort, type Trial, tryInputs } from './testing/inputs/try-inputs.ts';
import { test } from './testing/published-cli.ts';

// A sample of `npm run soak -- inputs`.
vi.setConfig({ testTimeout: 180_000 });

const seed = 14;

function describeTrials(trials: readonly Trial[]): readonly string[] {
  return trials.flatMap((trial) => trial.finds.map((find) => describeFinding(seed, trial, find)));
}

test('whatever it meets, a verifier ends with its exit codes, in time, in its own lines, and tells no secret', async () => {
  await using ground = await createSharedFixture();
  const trials: Trial[] = [];
  await tryInputs(ground, { seed, numbers: Array(160).keys(), atOnce: 24, onTrial: (trial) => trials.push(trial) });
  expect(describeTrials(trials)).toEqual([]);
  // Usage errors alone would show nothing.
  const codes = Map.groupBy(trials, ({ ended }) => ended.exitCode);
  expect([...codes.keys()].toSorted()).toEqual([0, 1, 2]);
  expect(Math.min(...[...codes.values()].map(({ length }) => length))).toBeGreaterThan(12);
});

test('nor does the packed command, also when a signal calls it off', async ({ cli }) => {
  await using ground = await createSharedFixture();
  const trials: Trial[] = [];
  await tryInputs(ground, {
    seed,
    numbers: Array(15).keys(),
    atOnce: Math.min(3, availableParallelism()),
    runner: (prepared, deadlineMs, _, number) =>
      runByProcess(cli.program, prepared, { deadlineMs, call: plannedAbort(seed, number, 5) }),
    onTrial: (trial) => trials.push(trial),
  });
  expect(describeTrials(trials)).toEqual([]);
  expect(trials.map(({ ended }) => ended.peakKb ?? 0).filter((kb) => kb > 0).length).toBeGreaterThan(12);
});
