import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check } from '../check.ts';
import { notMeasuredVerdict, POLICY_ENFORCED } from './policy-enforced.ts';

/** The probes ran inside serving pods. */
export function probesHarmless(measurement: PolicyMeasurement): Check<'cluster'> {
  return {
    id: 'policy-untouched',
    title: 'The probes left the release as it was',
    needs: ['cluster'],
    after: ['policy-matrix'],
    explainedBy: [POLICY_ENFORCED],
    async run(_given, signal) {
      const expected = 'the same pods, as ready as before, behind the same Services';
      try {
        const changes = await measurement.changes(signal);
        return changes.length === 0
          ? { outcome: 'holds', observed: expected }
          : {
              outcome: 'violated',
              expected,
              observed: changes.join('; '),
              hint: 'kubectl describe the pods: an ephemeral container has no part in readiness, so look for another cause, too',
              severity: 'failure',
            };
      } catch (error) {
        signal.throwIfAborted();
        return notMeasuredVerdict('probes in their places', error);
      }
    },
  };
}
