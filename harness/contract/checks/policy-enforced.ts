import { NotEnforced } from '../../policy/enforcement.ts';
import type { PolicyLook } from '../../policy/look.ts';
import { Problem } from '../../problem.ts';
import { WaitError } from '../../wait/wait-for.ts';
import type { Check, Verdict } from '../check.ts';
import { noLook } from '../cluster-view.ts';

export const POLICY_ENFORCED = 'policy-enforced';

/** The cluster does what a NetworkPolicy says: without that, no other check of who may talk to whom means anything. */
export function policyEnforced(look: PolicyLook): Check<'cluster'> {
  return {
    id: POLICY_ENFORCED,
    title: 'The cluster enforces NetworkPolicy',
    needs: ['cluster'],
    async run(_given, signal) {
      try {
        const { deniedAfterMs, evidence } = await look.enforced(signal);
        const seconds = (deniedAfterMs / 1000).toFixed(1);
        return {
          outcome: 'holds',
          observed: `a pod of ours was closed within ${seconds} s (${evidence}) and open again`,
        };
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotEnforced) {
          const { expected, observed, next: hint } = error;
          return { outcome: 'violated', expected, observed, hint, severity: 'failure' };
        }
        return unplaced('probes in their places', error);
      }
    },
  };
}

/** Nothing could be measured: never green. */
export function unplaced(expected: string, error: unknown): Verdict {
  if (error instanceof Problem) {
    return { outcome: 'unknown', expected: error.expected, observed: error.observed, hint: error.next };
  }
  if (error instanceof WaitError) {
    const observed = `${error.message}`;
    return { outcome: 'unknown', expected, observed, hint: 'kubectl get events --all-namespaces | grep meho-' };
  }
  return noLook(expected, error);
}
