import type { KubeApi } from '../kube/api.ts';
import { untilDone } from '../kube/clean-up.ts';
import { networkPolicies } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import { holds, notYet, WaitError, waitFor } from '../wait/wait-for.ts';
import { ask } from './probe/ask.ts';
import type { Guest } from './probe/guest.ts';

/** That a policy which allows nothing had an effect, and after how long. */
export interface Enforced {
  readonly deniedAfterMs: number;
  readonly evidence: string;
}

export interface EnforcementOptions {
  readonly from: Guest;
  /** Selected by a policy for the time of the proof. */
  readonly to: Guest;
  readonly signal: AbortSignal;
}

/** Longer than any engine takes, and with the pods' start short enough for a verdict within 10 s. */
const effectDeadlineMs = 6_000;
const openDeadlineMs = 15_000;
const probeTimeoutMs = 500;
const port = 8000;

/**
 * Proves on two pods of ours that the cluster enforces NetworkPolicy: open before, closed under a policy that allows
 * nothing, open again after. On a cluster that doesn't, every cell of a matrix would be about something else.
 *
 * @throws NotEnforced; WaitError where the two pods don't reach each other without a policy
 */
export async function proveEnforcement(api: KubeApi, { from, to, signal }: EnforcementOptions): Promise<Enforced> {
  const question = { host: to.pod.ip, port, protocol: 'TCP' } as const;
  const connects = async (probeSignal: AbortSignal) => {
    const [seen] = await ask(api, from.stand, [question], { timeoutMs: probeTimeoutMs, signal: probeSignal });
    return seen ?? { answer: 'could not probe', evidence: 'no answer' };
  };
  const isOpen = (when: string) =>
    waitFor(
      `a pod of ours to reach another ${when}`,
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
    await api.delete(networkPolicies, namespace, policy, untilDone);
    // What is measured next must not meet what is left of it.
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
