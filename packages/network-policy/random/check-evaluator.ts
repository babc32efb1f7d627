import type { KubeApi } from '@meho/kube/api/api';
import { nodes } from '@meho/kube/api/resource';
import fc from 'fast-check';
import type { AddressEndpoint, EngineSemantics } from '../semantics/cluster-policies.ts';
import { type DrawnPolicy, podLabels, policies } from './arbitrary.ts';
import { type SandboxOptions, startSandbox } from './sandbox.ts';
import { smaller } from './smaller.ts';
import { type SandboxTrial, type TriedSet, trySets } from './try-sets.ts';

export interface CheckEvaluatorOptions extends Omit<SandboxOptions, 'node' | 'labels'> {
  readonly semantics: EngineSemantics;
  /** At least this many. */
  readonly policies: number;
  readonly seed: number;
  readonly sandboxes: number;
  /** Smaller sets tried after a difference; each may wait for policies to apply. */
  readonly shrinks: number;
  readonly onRound?: (held: EvaluatorComparison) => void;
}

export interface EvaluatorComparison {
  readonly policies: number;
  readonly sets: number;
  readonly flows: number;
  /** A sample with nothing closed proves little. */
  readonly closed: number;
  /** The smallest set found. */
  readonly difference?: TriedSet;
}

/** Compares the evaluator with probes on random labels and policies, and shrinks any set on which they differ. */
export async function checkEvaluator(api: KubeApi, options: CheckEvaluatorOptions): Promise<EvaluatorComparison> {
  const { signal, semantics } = options;
  await using stack = new AsyncDisposableStack();
  const node = await nodeOf(api, signal);
  const starting = fc
    .sample(podLabels, { seed: options.seed, numRuns: options.sandboxes + 1 })
    .map((labels) => startSandbox(api, { ...options, labels, node }));
  // Including any that start after a failure.
  stack.defer(async () => {
    const settled = await Promise.allSettled(starting);
    const started = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(started.map((sandbox) => sandbox[Symbol.asyncDispose]()));
  });
  const [sentinel, ...plots] = await Promise.all(starting);
  if (sentinel === undefined || plots.length === 0) {
    throw new Error('policies are tried on at least one plot');
  }
  const ground: SandboxTrial = { node, semantics, sentinel, signal };
  const pool = fc.sample(policies, { seed: options.seed, numRuns: options.policies });
  let comparison: EvaluatorComparison = { policies: 0, sets: 0, flows: 0, closed: 0 };
  while (comparison.policies < options.policies) {
    signal.throwIfAborted();
    const sets = pool.slice(comparison.sets, comparison.sets + plots.length);
    const tried = await trySets(api, plots, sets, ground);
    comparison = tried.reduce(
      (sum, { drawn: set, flows, closed }) => ({
        policies: sum.policies + set.length,
        sets: sum.sets + 1,
        flows: sum.flows + flows,
        closed: sum.closed + closed,
      }),
      comparison,
    );
    options.onRound?.(comparison);
    const differing = tried.find(({ differences }) => differences.length > 0);
    if (differing !== undefined) {
      return { ...comparison, difference: await smallest(api, differing, ground, options.shrinks) };
    }
  }
  return comparison;
}

export function describeTriedSet({ sandbox, drawn, differences }: TriedSet, seed: number): string {
  return [...differences, `labels: ${JSON.stringify(sandbox.labels)}`, ...drawn.map(policyText), `seed ${seed}`].join(
    '\n',
  );
}

const policyText = ({ side, spec }: DrawnPolicy) => `policy in ${side}: ${JSON.stringify(spec)}`;

/** Shrinks the set on the same pods. */
async function smallest(api: KubeApi, found: TriedSet, ground: SandboxTrial, shrinks: number): Promise<TriedSet> {
  let best = found;
  let candidates = smaller(best.drawn);
  for (let attempt = 0; attempt < shrinks; attempt += 1) {
    const [next, ...others] = candidates;
    if (next === undefined) {
      break;
    }
    const [tried] = await trySets(api, [best.sandbox], [next], ground);
    const stillDiffers = tried !== undefined && tried.differences.length > 0;
    best = stillDiffers ? tried : best;
    candidates = stillDiffers ? smaller(best.drawn) : others;
  }
  return best;
}

async function nodeOf(api: KubeApi, signal: AbortSignal): Promise<AddressEndpoint> {
  const { items } = await api.list(nodes, {}, { signal });
  const [ip] = items.flatMap(({ status }) =>
    (status?.addresses ?? []).flatMap(({ type, address }) => (type === 'InternalIP' ? [address] : [])),
  );
  if (ip === undefined) {
    throw new Error('no node has an internal address');
  }
  return { kind: 'address', name: 'node', ip, isNode: true };
}
