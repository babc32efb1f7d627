import { Problem } from '@meho/core/problem';
import { holds, notYet, WaitError, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { persistentCall } from '@meho/kube/api/clean-up';
import { networkPolicies } from '@meho/kube/api/resource';
import { askProbe } from './probe/ask-probe.ts';
import type { ProbePod } from './probe/probing-pod.ts';

export interface EnforcementProof {
  readonly deniedAfterMs: number;
  readonly evidence: string;
}

export interface EnforcementOptions {
  readonly from: ProbePod;
  readonly to: ProbePod;
  readonly signal: AbortSignal;
}

/** Longer than any engine takes, yet a verdict within 10 s including pod starts. */
const effectDeadlineMs = 6_000;
const openDeadlineMs = 15_000;
const probeTimeoutMs = 500;
const port = 8000;

/**
 * Proves on two of our pods that the cluster enforces NetworkPolicy: open before, closed under a policy that allows
 * nothing, open again after. Otherwise a matrix would mean nothing.
 *
 * @throws NotEnforced; WaitError if the pods can't connect without a policy
 */
export async function proveEnforcement(
  api: KubeApi,
  { from, to, signal }: EnforcementOptions,
): Promise<EnforcementProof> {
  const question = { host: to.pod.ip, port, protocol: 'TCP' } as const;
  const connects = async (probeSignal: AbortSignal) => {
    const [seen] = await askProbe(api, from.container, [question], { timeoutMs: probeTimeoutMs, signal: probeSignal });
    return seen ?? { answer: 'could not probe', evidence: 'no answer' };
  };
  const isOpen = (when: string) =>
    waitFor(
      `one probe pod to reach another ${when}`,
      async (probeSignal) => {
        const { answer, evidence } = await connects(probeSignal);
        return answer === 'connected' ? holds(undefined) : notYet(`${answer}: ${evidence}`);
      },
      { deadlineMs: openDeadlineMs, intervalMs: 50, signal },
    );
  await isOpen('while no policy selects either');
  const { namespace, name } = to.pod;
  const policy = `deny-${name}`;
  const spec = { podSelector: { matchLabels: { ...to.pod.labels } }, policyTypes: ['Ingress'] };
  const started = performance.now();
  try {
    await api.create(networkPolicies, namespace, { metadata: { name: policy }, spec }, { signal });
    const seen = await waitFor(
      'a NetworkPolicy that allows nothing to take effect',
      async (probeSignal) => {
        const { answer, evidence } = await connects(probeSignal);
        return answer === 'timed out' || answer === 'refused' ? holds(`${answer}: ${evidence}`) : notYet(answer);
      },
      { deadlineMs: effectDeadlineMs, intervalMs: 50, signal },
    );
    return { deniedAfterMs: performance.now() - started, evidence: seen };
  } catch (error) {
    if (error instanceof WaitError && error.lastObserved === 'connected') {
      throw new NotEnforced(error);
    }
    throw error;
  } finally {
    await api.delete(networkPolicies, namespace, policy, persistentCall);
    // Later measurements must not see its remains.
    await isOpen('once the policy is gone');
  }
}

export class NotEnforced extends Problem {
  constructor(cause: WaitError) {
    super(
      {
        expected: 'a NetworkPolicy that allows nothing to close a pod',
        observed: `this cluster does not enforce NetworkPolicy: the pod was still reached ${(cause.waitedMs / 1000).toFixed(1)} s after the policy was made`,
        next: 'install a network plugin that enforces it, or see why the one that is there does not',
      },
      { cause },
    );
    this.name = 'NotEnforced';
  }
}
