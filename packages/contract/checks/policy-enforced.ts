import { Problem } from '@meho/core/problem';
import { WaitError } from '@meho/core/wait/wait-for';
import { NotEnforced } from '@meho/network-policy/enforcement';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import type { Check, Verdict } from '../check.ts';
import { unknownVerdict } from '../cluster/cluster-view.ts';

export const POLICY_ENFORCED = 'policy-enforced';

/** Without it, no other policy check means anything. */
export function policyEnforced(measurement: PolicyMeasurement): Check<'cluster'> {
  return {
    id: POLICY_ENFORCED,
    title: 'The cluster enforces NetworkPolicy',
    needs: ['cluster'],
    async run(_given, signal) {
      try {
        const { deniedAfterMs, evidence } = await measurement.enforced(signal);
        const seconds = (deniedAfterMs / 1000).toFixed(1);
        return {
          outcome: 'holds',
          observed: `a probe pod was closed within ${seconds} s (${evidence}) and open again`,
        };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotEnforced) {
          const { expected, observed, next: hint } = error;
          return { outcome: 'violated', expected, observed, hint, severity: 'failure' };
        }
        return notMeasuredVerdict('probes in their places', error);
      }
    },
  };
}

/** Nothing could be measured: never green. */
export function notMeasuredVerdict(expected: string, error: unknown): Verdict {
  if (error instanceof Problem) {
    return { outcome: 'unknown', expected: error.expected, observed: error.observed, hint: error.next };
  }
  if (error instanceof WaitError) {
    const observed = `${error.message}`;
    return { outcome: 'unknown', expected, observed, hint: 'kubectl get events --all-namespaces | grep meho-' };
  }
  return unknownVerdict(expected, error);
}
