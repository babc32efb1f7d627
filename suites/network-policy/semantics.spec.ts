import { checkSemantics, describe, describeTriedSet, expect, needs, test } from '@meho/harness/test';

needs('images on its nodes');

/** `npm run soak -- policies` tries more, and repeats a seed. */
const sample = { policies: 20, sandboxes: 4, shrinks: 0 };

describe('what NetworkPolicy objects are computed to say', () => {
  test('is what the cluster does with them: random policies on random pods', async ({ environment, signal }) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const comparison = await checkSemantics(environment, { ...sample, seed, signal });
    const { difference } = comparison;
    expect(difference === undefined ? '' : describeTriedSet(difference, seed)).toBe('');
    // All open or closed would prove little.
    expect(comparison.closed / comparison.flows, `seed ${seed}`).toBeGreaterThan(0.1);
    expect(comparison.closed / comparison.flows, `seed ${seed}`).toBeLessThan(0.95);
  });
});
