import { describe, expect, installToFailure, memoryPressure, needs, test } from '@meho/harness/test';
import { causeIds } from './causes.ts';
import { expectInstallAfterFix } from './failures/install-after-fix.ts';

needs('our chart');

const unscheduledPodMs = 45_000;

/** Runs alone: no pod can be scheduled meanwhile. */
describe('a node under pressure', () => {
  test('is named with its taint, and takes the install once it is relieved', async ({
    environment,
    newSite,
    signal,
    skip,
  }) => {
    skip(!environment.cluster.capabilities.disposable, 'it keeps all pods off nodes, and these go on after us');
    const target = await newSite('pressure');
    const failed = await (async () => {
      await using _pressure = await memoryPressure(environment, signal);
      return await installToFailure(environment, target, { signal });
    })();
    expect(failed.causes[0]).toMatchObject({
      id: 'node-tainted',
      object: expect.stringMatching(/^Pod meho-migrate-/),
      observed: expect.stringMatching(/node\.kubernetes\.io\/memory-pressure:NoSchedule/),
      next: expect.stringContaining('.spec.taints'),
    });
    expect(causeIds(failed)).not.toContain('job-failed');
    await expectInstallAfterFix(environment, target, signal);
    expect(failed.afterMs).toBeLessThan(unscheduledPodMs);
  });
});
