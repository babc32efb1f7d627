import { defaulted, optional } from '@meho/core/command-line/flags';
import { wholeNumber } from '@meho/core/command-line/values';
import type { Settings } from '@meho/core/config';
import { out } from '@meho/core/report/output';
import { seconds } from '@meho/core/report/timeline';
import { type ImageName, nodeImage } from '@meho/images/catalog';
import { createNetwork } from '@meho/images/engine/containers/network';
import type { Engine } from '@meho/images/engine/engine';
import { ensureImages } from '@meho/images/ensure-images';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import type { EvaluatorComparison } from '@meho/network-policy/random/check-evaluator';
import { K3sCluster } from '../clusters/k3s.ts';
import { readInput } from '../commands/calling/input.ts';
import { nodeFlag } from '../commands/calling/node-flag.ts';
import type { CommandContext } from '../commands/command.ts';
import { prepare } from '../commands/running/prepare.ts';
import { withOwnedRun } from '../commands/running/with-owned-run.ts';
import { checkSemantics, describeTriedSet } from '../release/network-policy/policy-semantics.ts';

export const policyFlags = {
  policies: defaulted('COUNT', 'how many random policies are tried', wholeNumber(1, 100_000), 200),
  seed: optional('NUMBER', 'draws the same policies again; a random one where absent', wholeNumber(0, 2 ** 31 - 1)),
  ...nodeFlag,
};

/** At once; three pods each. */
const sandboxes = 4;
const shrinks = 20;

/** Checks for every flow that computed equals observed. */
export async function soakPolicies(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(policyFlags, args);
  const { progress, signal } = context;
  const seed = values.seed ?? Math.floor(Math.random() * 2 ** 31);
  out(`seed ${seed}\n`);
  const { held: comparison, tookMs } = await withOwnedRun(context, async ({ labels }, engine) => {
    const images = [nodeImage(values), 'agnhost', 'probe'] as const;
    await prepare(settings, context, images);
    await using ground = await startCluster({ settings, engine, labels, images }, context);
    return await progress.step('random policies', async (step) => {
      const started = performance.now();
      const onRound = (sofar: EvaluatorComparison) => step.update(describeComparison(sofar));
      const result = await checkSemantics(ground, {
        policies: values.policies,
        seed,
        sandboxes,
        shrinks,
        onRound,
        signal,
      });
      return { held: result, tookMs: performance.now() - started };
    });
  });
  const { difference } = comparison;
  const verdict = difference === undefined ? 'every flow was observed as computed' : describeTriedSet(difference, seed);
  out(`${describeComparison(comparison)}, in ${seconds(tookMs)}: ${verdict}\n`);
  return difference === undefined ? 0 : 1;
}

interface PolicyCluster {
  readonly settings: Settings;
  readonly engine: Engine;
  readonly labels: Readonly<Record<string, string>>;
  /** The node's first. */
  readonly images: readonly [node: ImageName, ...others: readonly ImageName[]];
}

/** Policies need no release. */
async function startCluster({ settings, engine, labels, images }: PolicyCluster, { progress, signal }: CommandContext) {
  const { imageMode: mode, imageRegistry: registry, cacheFolder } = settings;
  const found = await ensureImages(images, { engine, mode, registry, progress, signal, cacheFolder });
  const image = (name: ImageName) => {
    const own = found.get(name);
    if (own === undefined) {
      throw new Error(`image ${name} was not asked for`);
    }
    return own;
  };
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await createNetwork(labels));
  const [node, agnhost] = [image(images[0]), image('agnhost')];
  const provider = new K3sCluster({ node, agnhost, labels, network, engine, cacheFolder });
  const cluster = stack.use(await provider.start({ progress, signal, images: [image('probe')] }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const resources = stack.move();
  return { api, cluster, image, request: { labels }, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

function describeComparison({ policies, sets, flows, closed }: EvaluatorComparison): string {
  return `${policies} policies in ${sets} sets, ${flows} flows of which ${closed} closed`;
}
