import { K3sCluster } from '../cluster/k3s.ts';
import type { Settings } from '../config.ts';
import { createNetwork } from '../containers/network.ts';
import type { Engine } from '../engine/engine.ts';
import { holdSemantics, toldDifference } from '../environment/policy-semantics.ts';
import type { ImageName } from '../images/catalog.ts';
import { ensureImages } from '../images/ensure-images.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import type { Held } from '../policy/random/hold-evaluator.ts';
import { out } from '../report/output.ts';
import { seconds } from '../report/timeline.ts';
import { defaulted, optional } from '../verifiers/flags.ts';
import { wholeNumber } from '../verifiers/values.ts';
import type { CommandContext } from './command.ts';
import { readInput } from './input.ts';
import { ownedRun } from './owned-run.ts';
import { prepare } from './prepare.ts';

export const policyFlags = {
  policies: defaulted('COUNT', 'how many random policies are tried', wholeNumber(1, 100_000), 200),
  seed: optional('NUMBER', 'draws the same policies again; a random one where absent', wholeNumber(0, 2 ** 31 - 1)),
};

/** Sets that are tried at once: three pods each. */
const plots = 4;
const shrinks = 20;

/** Random policies on a cluster of its own: computed has to be observed, for every flow. */
export async function soakPolicies(args: readonly string[], context: CommandContext): Promise<0 | 1> {
  const { values, settings } = readInput(policyFlags, args);
  const { progress, signal } = context;
  const seed = values.seed ?? Math.floor(Math.random() * 2 ** 31);
  out(`seed ${seed}\n`);
  const { held, tookMs } = await ownedRun(context, async ({ labels }, engine) => {
    await prepare(settings, context, images);
    await using ground = await startGround({ settings, engine, labels }, context);
    return await progress.step('random policies', async (step) => {
      const started = performance.now();
      const onRound = (sofar: Held) => step.update(told(sofar));
      const result = await holdSemantics(ground, { policies: values.policies, seed, plots, shrinks, onRound, signal });
      return { held: result, tookMs: performance.now() - started };
    });
  });
  const { difference } = held;
  const verdict = difference === undefined ? 'every flow was observed as computed' : toldDifference(difference, seed);
  out(`${told(held)}, in ${seconds(tookMs)}: ${verdict}\n`);
  return difference === undefined ? 0 : 1;
}

const images: readonly ImageName[] = ['node', 'agnhost', 'probe'];

/** A cluster with nothing beside it: policies need no release. */
async function startGround(
  { settings, engine, labels }: { readonly settings: Settings; readonly engine: Engine; readonly labels: Labels },
  { progress, signal }: CommandContext,
) {
  const { imageMode: mode, cacheFolder } = settings;
  const found = await ensureImages(images, { engine, mode, progress, signal, cacheFolder });
  const image = (name: ImageName) => {
    const own = found.get(name);
    if (own === undefined) {
      throw new Error(`image ${name} was not asked for`);
    }
    return own;
  };
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await createNetwork(labels));
  const [node, agnhost] = [image('node'), image('agnhost')];
  const provider = new K3sCluster({ node, agnhost, labels, network, engine, cacheFolder });
  const cluster = stack.use(await provider.start({ progress, signal, images: [image('probe')] }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const resources = stack.move();
  return { api, cluster, image, request: { labels }, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

type Labels = Readonly<Record<string, string>>;

function told({ policies, sets, flows, closed }: Held): string {
  return `${policies} policies in ${sets} sets, ${flows} flows of which ${closed} closed`;
}
