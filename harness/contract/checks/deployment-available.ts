import { isApiTrouble } from '../../kube/api-trouble.ts';
import { afterEndingPods } from '../../kube/ending-pods.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { deployments } from '../../kube/resource.ts';
import { waitForRollout } from '../../kube/rollout.ts';
import { troublesOf } from '../../kube/troubles.ts';
import { WaitError } from '../../wait/wait-for.ts';
import type { Backplane } from '../backplane.ts';
import type { Check } from '../check.ts';
import { type ClusterView, noLook } from '../cluster-view.ts';
import { podsBehind, servedBy } from '../serving.ts';
import { type Subject, selectorOf } from '../subject.ts';

export interface Availability {
  /** Whether pods that the rollout has replaced must be gone as well, before whoever comes after asks who answers. */
  readonly replacedPodsGone: boolean;
}

/** The rollout is complete and every replica is ready (contract, install-verify check 1). */
export function deploymentAvailable(
  subject: Subject,
  { replacedPodsGone }: Availability = { replacedPodsGone: false },
): Check<'cluster'> {
  const { namespace } = subject;
  const labels = selectorOf(subject);
  return {
    id: 'deployment-available',
    title: 'Deployment is available',
    needs: ['cluster'],
    byHand: `run: kubectl -n ${namespace} rollout status deployment -l ${labels} --timeout=60s`,
    async run({ cluster, https }, signal) {
      const expected = `a complete rollout within ${cluster.rolloutDeadlineMs / 1000} s, Available, all replicas ready`;
      try {
        const scope = { namespace, labels };
        const rollouts = await waitForRollout(cluster.api, scope, { deadlineMs: cluster.rolloutDeadlineMs, signal });
        const seen = rollouts.map(({ name, replicas }) => `${name} ${replicas} of ${replicas} ready`);
        const ending = replacedPodsGone ? await stillEnding(cluster, labels, signal) : [];
        const late = ending.length === 0 ? '' : `; ${ending.join(', ')} still ending`;
        return { outcome: 'holds', observed: `${seen.join(', ')}${late}` };
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
          hint: hintFor(error.lastObserved, subject, labels),
          severity: 'failure',
          evidence: causes,
          ...((await servesNobody(cluster, https, signal)) ? { host: 'is-silent' } : {}),
          ...(error.lastObserved === 'no Deployment' ? { isAbsence: true } : {}),
        };
      }
    },
  };
}

function hintFor(seen: string, { namespace, release }: Subject, labels: string): string {
  if (seen === 'no Deployment') {
    return `nothing in namespace ${namespace} has the labels ${labels}: helm -n ${namespace} status ${release}`;
  }
  const idle = /^Deployment (\S+) is scaled to 0$/.exec(seen)?.[1];
  if (idle !== undefined) {
    return `somebody or something has scaled it down: kubectl -n ${namespace} describe deployment ${idle}; back, to the chart's number (Helm 4 refuses to upgrade over another): kubectl -n ${namespace} scale deployment ${idle} --replicas=1`;
  }
  if (seen.includes(', pods are refused: ')) {
    return `the ReplicaSet may make no pod, so that there is none to describe: kubectl -n ${namespace} describe replicasets -l ${labels}; kubectl -n ${namespace} get resourcequotas,events`;
  }
  const paused = /^Deployment ([^\s:]+)(?: is paused\b|: .* it is paused$)/.exec(seen)?.[1];
  return paused !== undefined
    ? `somebody has paused it: kubectl -n ${namespace} rollout resume deployment ${paused}`
    : `kubectl -n ${namespace} describe pods -l ${labels}`;
}

/** Whether no replica is available that gets the host's requests, so that it can have no answer of the backplane's. */
async function servesNobody(cluster: ClusterView, https: Backplane | undefined, signal: AbortSignal): Promise<boolean> {
  try {
    const { api, namespace } = cluster;
    const { items } = await api.list(deployments, { namespace, labels: selectorOf(cluster) }, { signal });
    if (items.every(({ status }) => (status?.availableReplicas ?? 0) === 0)) {
      return true;
    }
    // Another Deployment of the release may be well, a worker's say.
    const served = https && (await servedBy(cluster, new URL(https.urlOf('/')).hostname, signal));
    if (served === undefined || served.by.length === 0) {
      return false;
    }
    const behind = await Promise.all(served.by.map((serving) => podsBehind(cluster, serving, signal)));
    return behind.every((found) => found?.length === 0);
  } catch (error) {
    signal.throwIfAborted();
    if (isApiTrouble(error)) {
      // Then nothing is said of the host, and its answers are judged by themselves.
      return false;
    }
    throw error;
  }
}

/** Which pods answer is for another check to see: who may not look at pods doesn't wait for any. */
async function stillEnding(
  { api, namespace, rolloutDeadlineMs }: ClusterView,
  labels: string,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  try {
    return await afterEndingPods(api, { namespace, labels }, { deadlineMs: rolloutDeadlineMs, signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return [];
    }
    throw error;
  }
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
