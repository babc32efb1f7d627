import fc from 'fast-check';
import type { KubeApi } from '../../kube/api.ts';
import { nodes } from '../../kube/resource.ts';
import type { AddressEndpoint, Dialect } from '../world.ts';
import { type DrawnPolicy, podLabels, policies } from './arbitrary.ts';
import { type PlotOptions, startPlot } from './plot.ts';
import { smaller } from './smaller.ts';
import { type Ground, type Tried, trySets } from './try-sets.ts';

export interface HoldOptions extends Omit<PlotOptions, 'node' | 'labels'> {
  readonly dialect: Dialect;
  /** How many policies at the least. */
  readonly policies: number;
  /** The same seed draws the same policies. */
  readonly seed: number;
  /** How many sets of policies are tried at once. */
  readonly plots: number;
  /** How many smaller sets are tried where one differs; each takes as long as policies may take to have an effect. */
  readonly shrinks: number;
  readonly onRound?: (held: Held) => void;
}

export interface Held {
  readonly policies: number;
  readonly sets: number;
  readonly flows: number;
  /** How many of the flows were closed: a sample in which nothing is closed proves little. */
  readonly closed: number;
  /** The smallest set of policies found on which computed and observed differ, with the flows; none where they agree. */
  readonly difference?: Tried;
}

/**
 * Draws pods' labels and policies, puts them on the cluster, and holds what the evaluator computes of each flow against
 * what a probe sees. A set on which they differ is made as small as it gets.
 */
export async function holdEvaluator(api: KubeApi, options: HoldOptions): Promise<Held> {
  const { signal, dialect } = options;
  await using stack = new AsyncDisposableStack();
  const node = await nodeOf(api, signal);
  const starting = fc
    .sample(podLabels, { seed: options.seed, numRuns: options.plots + 1 })
    .map((labels) => startPlot(api, { ...options, labels, node }));
  // Also those that come up after one that doesn't.
  stack.defer(async () => {
    const settled = await Promise.allSettled(starting);
    const started = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await Promise.all(started.map((plot) => plot[Symbol.asyncDispose]()));
  });
  const [sentinel, ...plots] = await Promise.all(starting);
  if (sentinel === undefined || plots.length === 0) {
    throw new Error('policies are tried on at least one plot');
  }
  const ground: Ground = { node, dialect, sentinel, signal };
  const pool = fc.sample(policies, { seed: options.seed, numRuns: options.policies });
  let held: Held = { policies: 0, sets: 0, flows: 0, closed: 0 };
  while (held.policies < options.policies) {
    signal.throwIfAborted();
    const sets = pool.slice(held.sets, held.sets + plots.length);
    const tried = await trySets(api, plots, sets, ground);
    held = tried.reduce(
      (sum, { drawn: set, flows, closed }) => ({
        policies: sum.policies + set.length,
        sets: sum.sets + 1,
        flows: sum.flows + flows,
        closed: sum.closed + closed,
      }),
      held,
    );
    options.onRound?.(held);
    const differing = tried.find(({ differences }) => differences.length > 0);
    if (differing !== undefined) {
      return { ...held, difference: await smallest(api, differing, ground, options.shrinks) };
    }
  }
  return held;
}

/** A set that differs, and its differences, for a message. */
export function toldDifference({ plot, drawn, differences }: Tried, seed: number): string {
  return [...differences, `labels: ${JSON.stringify(plot.labels)}`, ...drawn.map(policyText), `seed ${seed}`].join(
    '\n',
  );
}

const policyText = ({ side, spec }: DrawnPolicy) => `policy in ${side}: ${JSON.stringify(spec)}`;

/** Leaves out what isn't needed for the difference, on the same pods, until nothing can be left out. */
async function smallest(api: KubeApi, found: Tried, ground: Ground, shrinks: number): Promise<Tried> {
  let best = found;
  let candidates = smaller(best.drawn);
  for (let attempt = 0; attempt < shrinks; attempt += 1) {
    const [next, ...others] = candidates;
    if (next === undefined) {
      break;
    }
    const [tried] = await trySets(api, [best.plot], [next], ground);
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
