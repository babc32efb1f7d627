import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from '../check.ts';
import { promiseCheck, skipsOf } from '../judging/policy-promise.ts';

/** Silence is a denial only if the same probe got through without the policies. */
export function denialsProven(measurement: PolicyMeasurement): Check<'cluster'> {
  return promiseCheck(measurement, {
    id: 'policy-denials',
    title: 'Every denial is proven',
    expected: 'for every closed flow the same probe getting through without the policies, and a peer that gets through',
    of: () => true,
    holds: (cells, skipped) => {
      const closed = cells.filter(({ observed }) => observed.answer === 'timed out' || observed.answer === 'refused');
      return closed.length === 0
        ? { outcome: 'skipped', reason: 'no flow was closed, so that there is no denial to prove' }
        : {
            outcome: 'holds',
            observed: `${closed.length} denials, each with its controls`,
            evidence: skipsOf(skipped),
          };
    },
  });
}
