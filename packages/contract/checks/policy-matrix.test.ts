import type { Matrix } from '@meho/network-policy/matrix';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import { aCell, aDenial, aMatrix, aPod, aSource, seen } from '@meho/network-policy/testing/cells';
import { expect, test } from 'vitest';
import type { CheckInputs, Verdict } from '../check.ts';
import { denialsProven } from './policy-denials.ts';
import { policyMatrix } from './policy-matrix.ts';

const given = {} as Pick<CheckInputs, 'cluster'>;
const { signal } = new AbortController();
const measurementOf = (matrix: Matrix): PolicyMeasurement => ({
  enforced: () => Promise.reject(new Error('not asked')),
  matrix: () => Promise.resolve(matrix),
  changes: () => Promise.resolve([]),
});
const judge = async (matrix: Matrix): Promise<readonly [Verdict, Verdict]> => [
  await policyMatrix(measurementOf(matrix)).run(given, signal),
  await denialsProven(measurementOf(matrix)).run(given, signal),
];
const reached = aCell({ source: aSource(aPod('meho', 'bare')) });

test('tables that agree and denials with their controls hold', async () => {
  expect(await judge(aMatrix([reached, aDenial()]))).toMatchObject([
    { outcome: 'holds', observed: '2 flows, 1 open and 1 closed, agree in all three tables' },
    { outcome: 'holds', observed: '1 denials, each with its controls' },
  ]);
});

test('what was not probed is on the green line, and why beside it', async () => {
  const skipped = [{ what: 'SCTP', why: 'no module' }];
  const [matrix] = await judge(aMatrix([reached], { skipped }));
  expect(matrix).toMatchObject({
    outcome: 'holds',
    observed: expect.stringMatching(/; not probed: SCTP$/),
    evidence: ['not probed: SCTP: no module'],
  });
});

test('what had to be probed and was not is red, whatever the other cells say', async () => {
  const lost = [{ what: 'flows from the broadcast', why: "its pod doesn't run in meho" }];
  const [matrix] = await judge(aMatrix([reached, aDenial()], { lost }));
  expect(matrix).toMatchObject({
    outcome: 'violated',
    observed: expect.stringContaining('flows from the broadcast: had to be probed and was not'),
    hint: expect.stringContaining("its pod doesn't run in meho"),
  });
});

test('a probe that could not be made is no denial: red in the matrix, and counted among none', async () => {
  const [matrix, denials] = await judge(aMatrix([reached, aDenial({ observed: seen('could not probe') })]));
  expect(matrix.outcome).toBe('violated');
  expect(denials).toEqual({ outcome: 'skipped', reason: 'no flow was closed, so that there is no denial to prove' });
});

test('a denial without its controls is red', async () => {
  const [matrix, denials] = await judge(aMatrix([reached, aDenial({ controls: [] })]));
  expect([matrix.outcome, denials.outcome]).toEqual(['holds', 'violated']);
});

test('nothing measured is red, and no denial is claimed', async () => {
  const [matrix, denials] = await judge(aMatrix([]));
  expect([matrix.outcome, denials.outcome]).toEqual(['violated', 'skipped']);
});
