import { describe, expect, holdSemantics, needs, test, toldDifference } from '../../harness/test.ts';

needs('images on its nodes');

/** `npm run soak -- policies` tries many more, and those of one seed again. */
const sample = { policies: 20, plots: 4, shrinks: 0 };

describe('what NetworkPolicy objects are computed to say', () => {
  test('is what the cluster does with them: random policies on random pods', async ({ environment, signal }) => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const held = await holdSemantics(environment, { ...sample, seed, signal });
    const { difference } = held;
    expect(difference === undefined ? '' : toldDifference(difference, seed)).toBe('');
    // A sample in which everything is open, or closed, would prove little.
    expect(held.closed / held.flows, `seed ${seed}`).toBeGreaterThan(0.1);
    expect(held.closed / held.flows, `seed ${seed}`).toBeLessThan(0.95);
  });
});
