import type { KubeApi } from '../kube/api.ts';
import { holds, notYet, WaitError, waitFor } from '../wait/wait-for.ts';
import type { Decision } from './evaluate.ts';
import type { Source, Target } from './matrix.ts';
import { ask, isAs, type Stand } from './probe/ask.ts';

/** A flow of the matrix with where it starts and what the objects say of it now. */
export interface Planned {
  readonly source: Source;
  readonly stand: Stand;
  readonly target: Target;
  readonly decision: Decision;
}

const deadlineMs = 15_000;
const probeTimeoutMs = 600;

/**
 * Policies take effect some time after they are written, for each pod at a time of its own. Waits until a few flows, one
 * for each side that is closed and one for each rule, are as the objects say now, or until the deadline: then the matrix
 * is measured all the same, and shows what differs.
 *
 * @returns what was not yet as it should be at the deadline
 */
export async function settle(api: KubeApi, planned: readonly Planned[], signal: AbortSignal): Promise<string[]> {
  let left = sentinelsOf(planned);
  try {
    await waitFor(
      'the policy engine to do what the NetworkPolicy objects say now',
      async (probeSignal) => {
        left = await unsettled(api, left, probeSignal);
        return left.length === 0 ? holds(undefined) : notYet(`${left.length} flows differ`);
      },
      { deadlineMs, intervalMs: 50, signal },
    );
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WaitError) {
      return left.map(({ source, target }) => `${source.title} → ${target.title}`);
    }
    throw error;
  }
}

async function unsettled(api: KubeApi, sentinels: readonly Planned[], signal: AbortSignal): Promise<Planned[]> {
  const groups = Map.groupBy(sentinels, ({ source }) => source.id);
  const left = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (first === undefined) {
        return [];
      }
      const seen = await ask(
        api,
        first.stand,
        group.map(({ target }) => target),
        { timeoutMs: probeTimeoutMs, signal },
      );
      return group.filter(({ decision }, index) => !isAs(seen[index], decision.allowed));
    }),
  );
  return left.flat();
}

/** One flow for each closed side of each pod, one for each rule and pod, one for each pair of pods that is open. */
export function sentinelsOf(planned: readonly Planned[]): readonly Planned[] {
  const byKey = new Map<string, Planned>();
  for (const each of planned) {
    if (each.target.protocol !== 'TCP' || each.target.reachedBy === 'Service name') {
      continue;
    }
    for (const key of keysOf(each)) {
      if (!byKey.has(key)) {
        byKey.set(key, each);
      }
    }
  }
  return [...new Set(byKey.values())];
}

function keysOf({ source, target, decision }: Planned): readonly string[] {
  const { egress, ingress } = decision;
  const to = target.endpoint.kind === 'pod' ? `${target.endpoint.namespace}/${target.endpoint.name}` : undefined;
  if (!decision.allowed) {
    // A flow that both sides close says nothing of either.
    return egress.allowed ? [`into ${to}`] : ingress.allowed ? [`out of ${source.id}`] : [];
  }
  const rules = [egress, ingress].flatMap((side) =>
    side.allowed && side.because === 'rule' ? [`${side.rule} ${source.id} ${to}`] : [],
  );
  return [...rules, ...(to === undefined ? [`open from ${source.id}`] : [`open from ${source.id} into ${to}`])];
}
