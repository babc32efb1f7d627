import type { KubeApi } from '../kube/api.ts';
import { evaluate } from './evaluate.ts';
import { type LiftOptions, liftPolicies } from './lift.ts';
import type { Cell, Control, Declared, Matrix, NotMeasured, Observed, Source, Target } from './matrix.ts';
import { askable, from, isWorthwhile, sourcesOf, withoutNames } from './plan.ts';
import { type AskOptions, ask } from './probe/ask.ts';
import type { Placed } from './probe/place.ts';
import { readState, readWorld } from './read-world.ts';
import { type Planned, settle } from './settle.ts';
import { targetsOf } from './targets.ts';
import type { Dialect, World } from './world.ts';

export interface ObserveOptions {
  /** What the contract says of a flow. */
  readonly declare: (source: Source, target: Target) => Declared;
  readonly dialect: Dialect;
  /**
   * Takes the release's policies off for the controls; where nobody may do that, has each target answer a witness that
   * no policy stops. Without either a denial is never more than a silence.
   */
  readonly controls: Omit<LiftOptions, 'signal'> | 'witness' | undefined;
  /** The part of the matrix to measure; all of it where absent. */
  readonly only?: (source: Source, target: Target) => boolean;
  /** How long a target has to answer, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Two lost packets are borne: TCP sends again after 1 s and 3 s. */
const defaultTimeoutMs = 3_500;

/** Measures who may talk to whom, from all places to all targets, with and without the release's policies. */
export async function observeMatrix(api: KubeApi, placed: Placed, options: ObserveOptions): Promise<Matrix> {
  const { declare, dialect, controls, only = () => true, timeoutMs = defaultTimeoutMs, signal } = options;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const state = await readState(api, { signal });
  const { sources, lost } = sourcesOf(placed, state);
  const asked = targetsOf(placed.scene, placed.stage, state);
  const { targets, skipped } = askable(asked.targets, placed.kernel);
  const flows = sources.flatMap(({ source, stand }) =>
    targets
      .filter((target) => isWorthwhile(source.pod, target, controls === 'witness') && only(source, target))
      .map((target) => ({ source, stand, target })),
  );
  let probes = 0;
  const unsettled: NotMeasured[] = [];
  const pass = async (world: World, when: string): Promise<readonly Observed[]> => {
    const planned = flows.map((flow): Planned => ({ ...flow, decision: decide(world, flow, dialect) }));
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
    const seen = await pass(await readWorld(api, { signal }), `without the release's policies, ${when}`);
    return seen.map((each) => ({ ...each, kind: when, title: `without the release's policies, ${when}` }));
  };
  const before = await without('before');
  const { world } = await readState(api, { signal });
  const observed = await pass(world, 'with the policies');
  const after = await without('after');
  const cells = flows.map((flow, index): Cell => {
    const { source, target } = flow;
    return {
      source,
      target,
      declared: declare(source, target),
      computed: decide(world, flow, dialect),
      observed: observed[index] ?? unseen,
      controls: [before?.[index], after?.[index]].filter((control) => control !== undefined),
    };
  });
  const { kept, unnamed } = withoutNames(cells);
  return {
    cells: kept,
    world,
    dialect,
    probes,
    startedAt,
    tookMs: performance.now() - started,
    skipped: [...placed.left, ...asked.skipped, ...skipped, ...unnamed, ...unsettled],
    lost: [...placed.lost, ...lost, ...asked.lost],
  };
}

const unseen: Observed = { answer: 'could not probe', obstacle: 'no answer of the probe', tookMs: 0, evidence: 'none' };

function decide(
  world: World,
  { source, target }: { readonly source: Source; readonly target: Target },
  dialect: Dialect,
) {
  const { endpoint: to, endpointPort: port, protocol } = target;
  return evaluate(world, { from: from(source.pod, to), to, port, protocol }, dialect);
}

async function askAll(api: KubeApi, planned: readonly Planned[], timeoutMs: number, signal: AbortSignal) {
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
        const answers = await ask(api, first.stand, questions, { timeoutMs, signal });
        for (const [at, { index }] of group.entries()) {
          seen[index] = answers[at] ?? unseen;
        }
      }
    }),
  );
  return seen;
}

/** Each target is asked by its own pod, where a probe is in it, and by a pod of ours that nothing restricts otherwise. */
async function askWitnesses(
  api: KubeApi,
  { stands }: Placed,
  targets: readonly Target[],
  when: 'before' | 'after',
  options: AskOptions,
): Promise<ReadonlyMap<string, Control>> {
  const free = stands.get('stranger');
  const asked = targets.flatMap((target) => {
    const { endpoint, endpointPort: port, protocol } = target;
    const own = [...stands.values()].find(
      ({ namespace, pod }) => endpoint.kind === 'pod' && endpoint.namespace === namespace && endpoint.name === pod,
    );
    if (own !== undefined) {
      return [
        {
          target,
          stand: own,
          question: { host: endpoint.ip, port, protocol },
          title: `from its own pod by its own address, ${when}`,
        },
      ];
    }
    return free === undefined
      ? []
      : [{ target, stand: free, question: target, title: `from a pod that nothing restricts, ${when}` }];
  });
  const seen = new Map<string, Control>();
  await Promise.all(
    [...Map.groupBy(asked, ({ stand }) => stand)].map(async ([stand, group]) => {
      const answers = await ask(
        api,
        stand,
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
