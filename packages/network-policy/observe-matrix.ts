import type { KubeApi } from '@meho/kube/api/api';
import { type LiftOptions, liftPolicies } from './lift.ts';
import type { Cell, Control, Declared, Matrix, NotMeasured, Observed, Source, Target } from './matrix.ts';
import { isWorthwhile, measurableTargets, sourceFor, sourcesOf, withoutUnresolvableNames } from './plan.ts';
import { type AskOptions, askProbe } from './probe/ask-probe.ts';
import type { PlacedProbes } from './probe/place.ts';
import type { ClusterPolicies, EngineSemantics } from './semantics/cluster-policies.ts';
import { evaluate } from './semantics/evaluate.ts';
import { readClusterPolicies, readState } from './semantics/read-cluster-policies.ts';
import { type PlannedFlow, settle } from './settle.ts';
import { targetsOf } from './targets.ts';

export interface ObserveOptions {
  readonly declare: (source: Source, target: Target) => Declared;
  readonly semantics: EngineSemantics;
  /**
   * Disables the release's policies for controls; `witness` instead has an unrestricted pod ask each target. Without
   * either, a denial is mere silence.
   */
  readonly controls: Omit<LiftOptions, 'signal'> | 'witness' | undefined;
  readonly only?: (source: Source, target: Target) => boolean;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Survives two lost packets: TCP retransmits after 1 s and 3 s. */
const defaultTimeoutMs = 3_500;

/** Probes with and without the release's policies. */
export async function observeMatrix(api: KubeApi, placed: PlacedProbes, options: ObserveOptions): Promise<Matrix> {
  const { declare, semantics, controls, only = () => true, timeoutMs = defaultTimeoutMs, signal } = options;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const state = await readState(api, { signal });
  const { sources, lost } = sourcesOf(placed, state);
  const asked = targetsOf(placed.topology, placed.placement, state);
  const { targets, skipped } = measurableTargets(asked.targets, placed.kernel);
  const flows = sources.flatMap(({ source, container }) =>
    targets
      .filter((target) => isWorthwhile(source.pod, target, controls === 'witness') && only(source, target))
      .map((target) => ({ source, container, target })),
  );
  let probes = 0;
  const unsettled: NotMeasured[] = [];
  const pass = async (policies: ClusterPolicies, when: string): Promise<readonly Observed[]> => {
    const planned = flows.map((flow): PlannedFlow => ({ ...flow, decision: decide(policies, flow, semantics) }));
    for (const what of await settle(api, planned, signal)) {
      unsettled.push({ what: `settling ${when}: ${what}`, why: 'it was not as the objects say at the deadline' });
    }
    probes += planned.length;
    return askAll(api, planned, timeoutMs, signal);
  };
  const without = async (when: 'before' | 'after'): Promise<readonly Control[] | undefined> => {
    if (controls === undefined) {
      return undefined;
    }
    if (controls === 'witness') {
      probes += targets.length;
      const seen = await askWitnesses(api, placed, targets, when, { timeoutMs, signal });
      return flows.map(({ target }) => seen.get(target.id) ?? { ...unseen, kind: 'witness', title: 'nobody' });
    }
    await using _lifted = await liftPolicies(api, { ...controls, signal });
    const seen = await pass(await readClusterPolicies(api, { signal }), `without the release's policies, ${when}`);
    return seen.map((each) => ({ ...each, kind: when, title: `without the release's policies, ${when}` }));
  };
  const before = await without('before');
  const { policies } = await readState(api, { signal });
  const observed = await pass(policies, 'with the policies');
  const after = await without('after');
  const cells = flows.map((flow, index): Cell => {
    const { source, target } = flow;
    return {
      source,
      target,
      declared: declare(source, target),
      computed: decide(policies, flow, semantics),
      observed: observed[index] ?? unseen,
      controls: [before?.[index], after?.[index]].filter((control) => control !== undefined),
    };
  });
  const { kept, unnamed } = withoutUnresolvableNames(cells);
  return {
    cells: kept,
    policies,
    semantics,
    probes,
    startedAt,
    tookMs: performance.now() - started,
    skipped: [...placed.left, ...asked.skipped, ...skipped, ...unnamed, ...unsettled],
    lost: [...placed.lost, ...lost, ...asked.lost],
  };
}

const unseen: Observed = { answer: 'could not probe', obstacle: 'no answer of the probe', tookMs: 0, evidence: 'none' };

function decide(
  policies: ClusterPolicies,
  { source, target }: { readonly source: Source; readonly target: Target },
  semantics: EngineSemantics,
) {
  const { endpoint: to, endpointPort: port, protocol } = target;
  return evaluate(policies, { from: sourceFor(source.pod, to), to, port, protocol }, semantics);
}

async function askAll(api: KubeApi, planned: readonly PlannedFlow[], timeoutMs: number, signal: AbortSignal) {
  const groups = Map.groupBy(
    planned.map((each, index) => ({ ...each, index })),
    ({ source }) => source.id,
  );
  const seen: Observed[] = [];
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group;
      if (first !== undefined) {
        const questions = group.map(({ target }) => target);
        const answers = await askProbe(api, first.container, questions, { timeoutMs, signal });
        for (const [at, { index }] of group.entries()) {
          seen[index] = answers[at] ?? unseen;
        }
      }
    }),
  );
  return seen;
}

/** Asks each target from its own pod, if it has a probe, else from our unrestricted pod. */
async function askWitnesses(
  api: KubeApi,
  { containers }: PlacedProbes,
  targets: readonly Target[],
  when: 'before' | 'after',
  options: AskOptions,
): Promise<ReadonlyMap<string, Control>> {
  const free = containers.get('stranger');
  const asked = targets.flatMap((target) => {
    const { endpoint, endpointPort: port, protocol } = target;
    const own = [...containers.values()].find(
      ({ namespace, pod }) => endpoint.kind === 'pod' && endpoint.namespace === namespace && endpoint.name === pod,
    );
    if (own !== undefined) {
      return [
        {
          target,
          container: own,
          question: { host: endpoint.ip, port, protocol },
          title: `from its own pod by its own address, ${when}`,
        },
      ];
    }
    return free === undefined
      ? []
      : [{ target, container: free, question: target, title: `from a pod that nothing restricts, ${when}` }];
  });
  const seen = new Map<string, Control>();
  await Promise.all(
    [...Map.groupBy(asked, ({ container }) => container)].map(async ([container, group]) => {
      const answers = await askProbe(
        api,
        container,
        group.map(({ question }) => question),
        options,
      );
      for (const [index, { target, title }] of group.entries()) {
        seen.set(target.id, { ...(answers[index] ?? unseen), kind: 'witness', title });
      }
    }),
  );
  return seen;
}
