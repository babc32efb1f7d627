import { randomBytes } from 'node:crypto';
import type { V1NetworkPolicySpec } from '@kubernetes/client-node';
import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { networkPolicies } from '@meho/kube/api/resource';
import { type FirstPackets, firstPackets } from './first-packets.ts';
import { askProbe } from './probe/ask-probe.ts';
import type { ProbePod } from './probe/probing-pod.ts';

export type Change = 'create' | 'widen' | 'narrow' | 'delete';

/** From the API server's response to the change, in milliseconds. */
export interface Effect {
  readonly change: Change;
  readonly becomes: 'open' | 'closed';
  /** Start of the last probe that saw the old state; 0 if none. */
  readonly afterMs: number;
  /** End of the first probe that saw the new state. */
  readonly byMs: number;
}

export interface Latency {
  readonly effects: readonly Effect[];
  readonly newPods: readonly FirstPackets[];
}

export interface LatencyOptions {
  readonly from: ProbePod;
  /** Alone in its namespace, so nothing else is selected. */
  readonly to: ProbePod;
  readonly image: string;
  readonly ownLabels: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly signal: AbortSignal;
}

const effectDeadlineMs = 45_000;
const probeTimeoutMs = 300;
const port = 8000;

export async function measureLatency(api: KubeApi, options: LatencyOptions): Promise<Latency> {
  const effects: Effect[] = [];
  const newPods: FirstPackets[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    effects.push(...(await oneLife(api, options)));
    newPods.push(await firstPackets(api, options));
  }
  return { effects, newPods };
}

/** Created closed, changed to open, changed back, deleted. */
async function oneLife(api: KubeApi, { from, to, signal }: LatencyOptions): Promise<readonly Effect[]> {
  const { namespace } = to.pod;
  const name = `latency-${randomBytes(3).toString('hex')}`;
  const closed: V1NetworkPolicySpec = { podSelector: {}, policyTypes: ['Ingress'] };
  const path = { from, to, signal };
  await until(api, path, 'open', performance.now());
  try {
    return [
      await effectOf(api, path, 'create', 'closed', () =>
        api.create(networkPolicies, namespace, { metadata: { name }, spec: closed }, { signal }),
      ),
      await effectOf(api, path, 'widen', 'open', () =>
        api.patch(networkPolicies, namespace, name, { spec: { ingress: [{}] } }, { signal }),
      ),
      await effectOf(api, path, 'narrow', 'closed', () =>
        api.patch(networkPolicies, namespace, name, { spec: { ingress: null } }, { signal }),
      ),
      await effectOf(api, path, 'delete', 'open', () => api.delete(networkPolicies, namespace, name, { signal })),
    ];
  } finally {
    await api.delete(networkPolicies, namespace, name);
  }
}

type Path = Pick<LatencyOptions, 'from' | 'to' | 'signal'>;

async function effectOf(
  api: KubeApi,
  path: Path,
  change: Change,
  becomes: Effect['becomes'],
  make: () => Promise<unknown>,
): Promise<Effect> {
  await make();
  return { change, becomes, ...(await until(api, path, becomes, performance.now())) };
}

async function until(api: KubeApi, { from, to, signal }: Path, state: Effect['becomes'], since: number) {
  let afterMs = 0;
  return waitFor(
    `the flow from ${from.pod.name} to ${to.pod.name} to be ${state}`,
    async (probeSignal) => {
      const askedMs = performance.now() - since;
      const question = { host: to.pod.ip, port, protocol: 'TCP' } as const;
      const [seen] = await askProbe(api, from.container, [question], {
        timeoutMs: probeTimeoutMs,
        signal: probeSignal,
      });
      const answer = seen?.answer ?? 'could not probe';
      const isOpen = answer === 'connected';
      if (answer !== 'could not probe' && isOpen === (state === 'open')) {
        return holds({ afterMs, byMs: performance.now() - since });
      }
      if (answer !== 'could not probe') {
        afterMs = askedMs;
      }
      return notYet(`${answer} ${seen?.evidence ?? ''}`);
    },
    { deadlineMs: effectDeadlineMs, intervalMs: 1, signal },
  );
}

const changes: readonly Change[] = ['create', 'widen', 'narrow', 'delete'];
const words: Readonly<Record<Change, string>> = {
  create: 'create a policy that closes',
  widen: 'change it so that it opens',
  narrow: 'change it so that it closes',
  delete: 'delete it',
};

export function latencyLines({ effects, newPods }: Latency): readonly string[] {
  const lines = changes.flatMap((change) => {
    const own = effects.filter((effect) => effect.change === change);
    const least = Math.min(...own.map(({ afterMs }) => afterMs));
    const most = Math.max(...own.map(({ byMs }) => byMs));
    return own.length === 0
      ? []
      : [`${words[change]}: in effect between ${ms(least)} and ${ms(most)} after it was written (${own.length} times)`];
  });
  return [...lines, ...newPods.map(newPodLine)];
}

/** Names a pod that is open before its policy applies. */
function newPodLine({ forbidden, allowed }: FirstPackets): string {
  const closed =
    forbidden.wrongForMs === 0
      ? 'closed from its first packet where it may not go'
      : `OPEN for ${wrong(forbidden)} before its policy landed`;
  const open =
    allowed.wrongForMs === 0
      ? 'open from its first packet where it may'
      : `closed for ${wrong(allowed)} where it may go`;
  return `a new pod: ${closed}; ${open}`;
}

const wrong = ({ wrongForMs, ended }: FirstPackets['forbidden']) => `${ended ? '' : 'at least '}${ms(wrongForMs)}`;
const ms = (value: number) => `${Math.round(value)} ms`;
