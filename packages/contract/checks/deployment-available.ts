import { WaitError } from '@meho/core/wait/wait-for';
import { type Subject, selectorOf } from '@meho/helm/subject';
import { isApiTrouble } from '@meho/kube/api/api-trouble';
import { KubeError } from '@meho/kube/api/kube-error';
import { deployments } from '@meho/kube/api/resource';
import { waitForEndingPods } from '@meho/kube/workloads/ending-pods';
import { waitForRollout } from '@meho/kube/workloads/rollout';
import { troublesOf } from '@meho/kube/workloads/troubles';
import type { Backplane } from '../backplane/backplane.ts';
import type { Check } from '../check.ts';
import { type ClusterView, unknownVerdict } from '../cluster/cluster-view.ts';
import { podsBehind, servicesFor } from '../cluster/serving.ts';
import { warnedByChart } from '../hints/chart-warnings.ts';

export interface Availability {
  /** So that later checks see who answers. */
  readonly replacedPodsGone: boolean;
}

/** Contract, install-verify check 1. */
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
          return unknownVerdict(expected, error);
        }
        const causes = await causesOf(cluster, labels, signal);
        const warned = await warnedByChart(cluster, signal);
        return {
          outcome: 'violated',
          expected,
          observed: [error.lastObserved, ...causes.slice(0, 2)].join('; '),
          hint: `${hintFor(error.lastObserved, subject, labels)}${warned}`,
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
  if (seen.endsWith(' is being deleted')) {
    return `somebody or something removes it, or the whole release: helm -n ${namespace} status ${release}`;
  }
  if (seen.includes(', pods are refused: ')) {
    return `the ReplicaSet may make no pod, so that there is none to describe: kubectl -n ${namespace} describe replicasets -l ${labels}; kubectl -n ${namespace} get resourcequotas,events`;
  }
  const paused = /^Deployment ([^\s:]+)(?: is paused\b|: .* it is paused$)/.exec(seen)?.[1];
  return paused !== undefined
    ? `somebody has paused it: kubectl -n ${namespace} rollout resume deployment ${paused}`
    : `kubectl -n ${namespace} describe pods -l ${labels}`;
}

/** Whether no available replica receives the host's requests. */
async function servesNobody(cluster: ClusterView, https: Backplane | undefined, signal: AbortSignal): Promise<boolean> {
  try {
    const { api, namespace } = cluster;
    const { items } = await api.list(deployments, { namespace, labels: selectorOf(cluster) }, { signal });
    if (items.every(({ status }) => (status?.availableReplicas ?? 0) === 0)) {
      return true;
    }
    // Another Deployment, such as a worker's, may be healthy.
    const served = https && (await servicesFor(cluster, new URL(https.urlOf('/')).hostname, signal));
    if (served === undefined || served.by.length === 0) {
      return false;
    }
    const behind = await Promise.all(served.by.map((serving) => podsBehind(cluster, serving, signal)));
    return behind.every((found) => found?.length === 0);
  } catch (error) {
    signal.throwIfAborted();
    if (isApiTrouble(error)) {
      // Says nothing of the host: its answers are judged on their own.
      return false;
    }
    throw error;
  }
}

/** An identity that can't read pods doesn't wait: another check sees who answers. */
async function stillEnding(
  { api, namespace, rolloutDeadlineMs }: ClusterView,
  labels: string,
  signal: AbortSignal,
): Promise<readonly (string | undefined)[]> {
  try {
    return await waitForEndingPods(api, { namespace, labels }, { deadlineMs: rolloutDeadlineMs, signal });
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) {
      return [];
    }
    throw error;
  }
}

/** The verdict stands without causes. */
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
