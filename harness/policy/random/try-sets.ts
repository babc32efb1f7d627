import type { KubeApi } from '../../kube/api.ts';
import { holds, notYet, waitFor } from '../../wait/wait-for.ts';
import { evaluate } from '../evaluate.ts';
import { ask, isAs, type Question } from '../probe/ask.ts';
import type { AddressEndpoint, Dialect, Endpoint, World } from '../world.ts';
import { type DrawnPolicies, type PodName, podNames } from './arbitrary.ts';
import { type Difference, untilNoneDiffers } from './differences.ts';
import { type Plot, serves } from './plot.ts';

export interface Ground {
  readonly node: AddressEndpoint;
  readonly dialect: Dialect;
  /** A plot that shows when what was written before it has taken effect. */
  readonly sentinel: Plot;
  readonly signal: AbortSignal;
}

export interface Tried {
  readonly plot: Plot;
  readonly drawn: DrawnPolicies;
  readonly flows: number;
  readonly closed: number;
  /** `a/p → b/r 8000/TCP: computed closed, observed connected`. */
  readonly differences: readonly string[];
}

interface Flow {
  readonly from: PodName;
  readonly name: string;
  readonly question: Question;
  readonly allowed: boolean;
  readonly plot: Plot;
}

const kubelet = 10_250;
const effectDeadlineMs = 45_000;
/** Engines see to each pod by itself: on a busy machine one may be late long after the others. */
const differenceDeadlineMs = 45_000;
const probeTimeoutMs = 1_000;

/** Lays each set out on a plot of its own, waits until that has taken effect, and compares computed with observed. */
export async function trySets(
  api: KubeApi,
  plots: readonly Plot[],
  sets: readonly DrawnPolicies[],
  ground: Ground,
): Promise<readonly Tried[]> {
  const laid = sets.map((drawn, index) => {
    const plot = plots[index];
    if (plot === undefined) {
      throw new Error(`${sets.length} sets for ${plots.length} plots`);
    }
    return { plot, drawn };
  });
  const flows = await Promise.all(
    laid.map(async ({ plot, drawn }) => flowsOf(plot, await plot.lay(drawn, ground.signal), ground)),
  );
  await untilInEffect(api, ground);
  const all = flows.flat();
  const left = await untilNoneDiffers(all, (some, signal) => differencesIn(api, some, signal), {
    deadlineMs: differenceDeadlineMs,
    signal: ground.signal,
  });
  return laid.map((each, index) => {
    const own = flows[index] ?? [];
    return {
      ...each,
      flows: own.length,
      closed: own.filter(({ allowed }) => !allowed).length,
      differences: left.filter(({ flow }) => own.includes(flow)).map(told),
    };
  });
}

function told({ flow, seen }: Difference<Flow>): string {
  const observed = seen === undefined ? 'nothing: the probes gave no answer' : `${seen.answer} (${seen.evidence})`;
  return `${flow.name}: computed ${flow.allowed ? 'open' : 'closed'}, observed ${observed}`;
}

async function differencesIn(
  api: KubeApi,
  flows: readonly Flow[],
  signal: AbortSignal,
): Promise<readonly Difference<Flow>[]> {
  const groups = [...Map.groupBy(flows, ({ plot, from }) => plot.stands[from]).entries()];
  const found = await Promise.all(
    groups.map(async ([stand, group]) => {
      const questions = group.map(({ question }) => question);
      const answers = await ask(api, stand, questions, { timeoutMs: probeTimeoutMs, signal });
      return group.flatMap((flow, index): Difference<Flow>[] => {
        const seen = answers[index];
        return isAs(seen, flow.allowed) ? [] : [{ flow, seen }];
      });
    }),
  );
  return found.flat();
}

function flowsOf(plot: Plot, world: World, { node, dialect }: Ground): readonly Flow[] {
  const { pods } = plot;
  return podNames.flatMap((from) => {
    const to = (name: string, endpoint: Endpoint, { port, protocol }: Omit<Question, 'host'>): Flow => ({
      from,
      name: `${from} → ${name} ${port}/${protocol}`,
      question: { host: endpoint.ip, port, protocol },
      allowed: evaluate(world, { from: pods[from], to: endpoint, port, protocol }, dialect).allowed,
      plot,
    });
    const others = podNames.flatMap((name) => serves.map((each) => to(name, pods[name], each)));
    return [...others, to('node', node, { port: kubelet, protocol: 'TCP' })];
  });
}

const closed: DrawnPolicies = [{ side: 'b', spec: { podSelector: {} } }];

/**
 * What was written before a policy has taken effect once that policy has: engines take policies in the order in which
 * they were written. Its pod is open before, closed under it, and open again when it is gone.
 */
async function untilInEffect(api: KubeApi, { sentinel, signal }: Ground): Promise<void> {
  for (const [drawn, expected] of [
    [closed, false],
    [[], true],
  ] as const) {
    await sentinel.lay(drawn, signal);
    const question = { host: sentinel.pods.r.ip, port: 8000, protocol: 'TCP' } as const;
    await waitFor(
      `the policy engine to have ${expected ? 'opened' : 'closed'} the sentinel`,
      async (probeSignal) => {
        const [seen] = await ask(api, sentinel.stands.p, [question], { timeoutMs: 300, signal: probeSignal });
        return isAs(seen, expected) ? holds(undefined) : notYet(seen?.evidence ?? 'no answer');
      },
      { deadlineMs: effectDeadlineMs, intervalMs: 50, signal },
    );
  }
}
