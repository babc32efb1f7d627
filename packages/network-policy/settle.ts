import { holds, notYet, WaitError, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import type { Source, Target } from './matrix.ts';
import { askProbe, matchesDecision, type ProbeContainer } from './probe/ask-probe.ts';
import type { Decision } from './semantics/evaluate.ts';

export interface PlannedFlow {
  readonly source: Source;
  readonly container: ProbeContainer;
  readonly target: Target;
  readonly decision: Decision;
}

const deadlineMs = 15_000;
const probeTimeoutMs = 600;

/**
 * Policies take effect late, and separately for each pod. Waits until sample flows, one per closed side and per rule,
 * match the objects, or until the deadline: the matrix then shows what differs.
 *
 * @returns what still differed at the deadline
 */
export async function settle(api: KubeApi, planned: readonly PlannedFlow[], signal: AbortSignal): Promise<string[]> {
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

async function unsettled(api: KubeApi, sentinels: readonly PlannedFlow[], signal: AbortSignal): Promise<PlannedFlow[]> {
  const groups = Map.groupBy(sentinels, ({ source }) => source.id);
  const left = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (first === undefined) {
        return [];
      }
      const seen = await askProbe(
        api,
        first.container,
        group.map(({ target }) => target),
        { timeoutMs: probeTimeoutMs, signal },
      );
      return group.filter(({ decision }, index) => !matchesDecision(seen[index], decision.allowed));
    }),
  );
  return left.flat();
}

/** One flow per closed side of a pod, per rule and pod, and per open pair of pods. */
export function sentinelsOf(planned: readonly PlannedFlow[]): readonly PlannedFlow[] {
  const byKey = new Map<string, PlannedFlow>();
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

function keysOf({ source, target, decision }: PlannedFlow): readonly string[] {
  const { egress, ingress } = decision;
  const to = target.endpoint.kind === 'pod' ? `${target.endpoint.namespace}/${target.endpoint.name}` : undefined;
  if (!decision.allowed) {
    // A flow closed on both sides shows nothing about either.
    return egress.allowed ? [`into ${to}`] : ingress.allowed ? [`out of ${source.id}`] : [];
  }
  const rules = [egress, ingress].flatMap((side) =>
    side.allowed && side.because === 'rule' ? [`${side.rule} ${source.id} ${to}`] : [],
  );
  return [...rules, ...(to === undefined ? [`open from ${source.id}`] : [`open from ${source.id} into ${to}`])];
}
