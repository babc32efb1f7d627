import { describe, expect, keepLatency, measurePolicyLatency, needs, test } from '@meho/harness/test';

needs('a managed cluster');

describe('how long a policy takes to have an effect', () => {
  test('is measured and reported, on pods that run and on a new one', async ({ environment, signal }) => {
    const latency = await measurePolicyLatency(environment, { rounds: 1, signal });
    process.stderr.write(await keepLatency(environment, latency));
    expect(latency.effects.map(({ change, becomes }) => `${change}: ${becomes}`)).toEqual([
      'create: closed',
      'widen: open',
      'narrow: closed',
      'delete: open',
    ]);
    for (const { forbidden, allowed } of latency.newPods) {
      // A pod that is open before its policy lands is reported; one that stays open fails.
      expect(forbidden.ended, forbidden.answers.join()).toBe(true);
      expect(allowed.ended, allowed.answers.join()).toBe(true);
    }
  });
});
