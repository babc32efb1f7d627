import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { askProbe, matchesDecision, type Question } from '../probe/ask-probe.ts';
import type { AddressEndpoint, ClusterPolicies, Endpoint, EngineSemantics } from '../semantics/cluster-policies.ts';
import { evaluate, isUndecided } from '../semantics/evaluate.ts';
import { type DrawnPolicies, type PodName, podNames } from './arbitrary.ts';
import { type Difference, waitForAgreement } from './differences.ts';
import { type Sandbox, serves } from './sandbox.ts';

export interface SandboxTrial {
  readonly node: AddressEndpoint;
  readonly semantics: EngineSemantics;
  /** Shows when earlier writes have taken effect. */
  readonly sentinel: Sandbox;
  readonly signal: AbortSignal;
}

export interface TriedSet {
  readonly sandbox: Sandbox;
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
  readonly endpoint: Endpoint;
  readonly sandbox: Sandbox;
}

const kubelet = 10_250;
const effectDeadlineMs = 45_000;
/** Engines handle pods separately: on a busy machine one may lag far behind. */
const differenceDeadlineMs = 45_000;
const probeTimeoutMs = 1_000;

/** Applies each set to its own plot, waits until it is in effect, and compares. */
export async function trySets(
  api: KubeApi,
  plots: readonly Sandbox[],
  sets: readonly DrawnPolicies[],
  ground: SandboxTrial,
): Promise<readonly TriedSet[]> {
  const laid = sets.map((drawn, index) => {
    const sandbox = plots[index];
    if (sandbox === undefined) {
      throw new Error(`${sets.length} sets for ${plots.length} plots`);
    }
    return { sandbox, drawn };
  });
  const flows = await Promise.all(
    laid.map(async ({ sandbox, drawn }) => flowsOf(sandbox, await sandbox.apply(drawn, ground.signal), ground)),
  );
  await waitUntilInEffect(api, ground);
  const all = flows.flat();
  const left = await waitForAgreement(all, (some, signal) => differencesIn(api, some, signal), {
    deadlineMs: differenceDeadlineMs,
    signal: ground.signal,
  });
  return laid.map((each, index) => {
    const own = flows[index] ?? [];
    return {
      ...each,
      flows: own.length,
      closed: own.filter(({ allowed }) => !allowed).length,
      differences: left.filter(({ flow }) => own.includes(flow)).map(describeDifference),
    };
  });
}

function describeDifference({ flow, seen }: Difference<Flow>): string {
  const observed = seen === undefined ? 'nothing: the probes gave no answer' : `${seen.answer} (${seen.evidence})`;
  return `${flow.name}: computed ${flow.allowed ? 'open' : 'closed'}, observed ${observed}`;
}

async function differencesIn(
  api: KubeApi,
  flows: readonly Flow[],
  signal: AbortSignal,
): Promise<readonly Difference<Flow>[]> {
  const groups = [...Map.groupBy(flows, ({ sandbox, from }) => sandbox.containers[from]).entries()];
  const found = await Promise.all(
    groups.map(async ([container, group]) => {
      const questions = group.map(({ question }) => question);
      const answers = await askProbe(api, container, questions, { timeoutMs: probeTimeoutMs, signal });
      return group.flatMap((flow, index): Difference<Flow>[] => {
        const seen = answers[index];
        return matchesDecision(seen, flow.allowed) ? [] : [{ flow, seen }];
      });
    }),
  );
  return found.flat();
}

function flowsOf(sandbox: Sandbox, policies: ClusterPolicies, { node, semantics }: SandboxTrial): readonly Flow[] {
  const { pods } = sandbox;
  return podNames.flatMap((from) => {
    const to = (name: string, endpoint: Endpoint, { port, protocol }: Omit<Question, 'host'>): Flow => ({
      from,
      name: `${from} → ${name} ${port}/${protocol}`,
      question: { host: endpoint.ip, port, protocol },
      allowed: evaluate(policies, { from: pods[from], to: endpoint, port, protocol }, semantics).allowed,
      endpoint,
      sandbox,
    });
    const others = podNames.flatMap((name) => serves.map((each) => to(name, pods[name], each)));
    return [...others, to('node', node, { port: kubelet, protocol: 'TCP' })].filter(
      ({ endpoint, question }) => !isUndecided(policies, { from: pods[from], to: endpoint, ...question }, semantics),
    );
  });
}

const closed: DrawnPolicies = [{ side: 'b', spec: { podSelector: {} } }];

/**
 * Engines process policies in order, so earlier ones are in effect once the sentinel's is: open before, closed under
 * it, open after.
 */
async function waitUntilInEffect(api: KubeApi, { sentinel, signal }: SandboxTrial): Promise<void> {
  for (const [drawn, expected] of [
    [closed, false],
    [[], true],
  ] as const) {
    await sentinel.apply(drawn, signal);
    const question = { host: sentinel.pods.r.ip, port: 8000, protocol: 'TCP' } as const;
    await waitFor(
      `the policy engine to have ${expected ? 'opened' : 'closed'} the sentinel`,
      async (probeSignal) => {
        const [seen] = await askProbe(api, sentinel.containers.p, [question], { timeoutMs: 300, signal: probeSignal });
        return matchesDecision(seen, expected) ? holds(undefined) : notYet(seen?.evidence ?? 'no answer');
      },
      { deadlineMs: effectDeadlineMs, intervalMs: 50, signal },
    );
  }
}
