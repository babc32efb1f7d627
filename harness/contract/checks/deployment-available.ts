import { waitForRollout } from '../../kube/rollout.ts';
import { troublesOf } from '../../kube/troubles.ts';
import { WaitError } from '../../wait/wait-for.ts';
import type { Check } from '../check.ts';
import { type ClusterView, noLook } from '../cluster-view.ts';
import { type Subject, selectorOf } from '../subject.ts';

/** The rollout is complete and every replica is ready (contract, install-verify check 1). */
export function deploymentAvailable(subject: Subject): Check<'cluster'> {
  const { namespace } = subject;
  const labels = selectorOf(subject);
  return {
    id: 'deployment-available',
    title: 'Deployment is available',
    needs: ['cluster'],
    byHand: `run: kubectl -n ${namespace} rollout status deployment -l ${labels} --timeout=60s`,
    async run({ cluster }, signal) {
      const expected = `a complete rollout within ${cluster.rolloutDeadlineMs / 1000} s, Available, all replicas ready`;
      try {
        const scope = { namespace, labels };
        const rollouts = await waitForRollout(cluster.api, scope, { deadlineMs: cluster.rolloutDeadlineMs, signal });
        const seen = rollouts.map(({ name, replicas }) => `${name} ${replicas} of ${replicas} ready`);
        return { outcome: 'holds', observed: seen.join(', ') };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof WaitError)) {
          return noLook(expected, error);
        }
        const causes = await causesOf(cluster, labels, signal);
        return {
          outcome: 'violated',
          expected,
          observed: [error.lastObserved, ...causes.slice(0, 2)].join('; '),
          hint:
            error.lastObserved === 'no Deployment'
              ? `nothing in namespace ${namespace} has the labels ${labels}: helm -n ${namespace} status ${subject.release}`
              : `kubectl -n ${namespace} describe pods -l ${labels}`,
          severity: 'failure',
          evidence: causes,
        };
      }
    },
  };
}

/** The causes are an extra: where they can't be read, the verdict stands without them and says so. */
export async function causesOf(
  { api, namespace }: ClusterView,
  labels: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await troublesOf(api, namespace, labels, { signal });
  } catch (error) {
    signal.throwIfAborted();
    return [`pods and events could not be read (${error instanceof Error ? error.message : String(error)})`];
  }
}
