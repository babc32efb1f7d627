import { K3sCluster } from '../cluster/k3s.ts';
import { createNetwork } from '../containers/network.ts';
import type { Result } from '../contract/check.ts';
import { networkPolicyChecks } from '../contract/network-policy.ts';
import { runChecks } from '../contract/run-checks.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { once, type PolicyLook } from '../policy/look.ts';
import { placeProbes } from '../policy/probe/place.ts';
import type { Scene } from '../policy/scene.ts';
import { TerminalProgress } from '../report/terminal.ts';
import type { Timeline } from '../report/timeline.ts';
import type { Environment } from './environment.ts';

/** What the checks made of a cluster that ignores NetworkPolicy, and how long they took to say so, in milliseconds. */
export interface Refusal {
  readonly results: readonly Result[];
  readonly tookMs: number;
}

/** Starts a cluster without a policy engine and makes the checks of who may talk to whom on it. */
export async function refusesToJudge(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<Refusal> {
  const { image, request } = environment;
  const { cacheFolder } = request.settings;
  const progress = new TerminalProgress({ stream: process.stderr, colour: false, timeline });
  const engine = await ensureEngine({ progress, signal });
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await createNetwork(request.labels));
  const provider = new K3sCluster({
    node: image('node'),
    agnhost: image('agnhost'),
    labels: request.labels,
    network,
    engine,
    cacheFolder,
    disableNetworkPolicy: true,
  });
  const cluster = stack.use(await provider.start({ progress, signal, images: [image('probe')] }));
  const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(cluster.kubeconfig), undefined, signal)));
  const scene: Scene = {
    namespace: 'default',
    release: request.subject.release,
    nameLabel: 'meho',
    ingressNamespace: 'default',
    broadcast: { enabled: false, port: 6379 },
    upstreams: [],
    upstreamsServe: [],
    hosts: [],
  };
  const { reference } = image('probe');
  const place = once((placing: AbortSignal) =>
    placeProbes(api, scene, { image: reference, labels: request.labels, guestsAmongOthers: true, signal: placing }),
  );
  const unreached = () => Promise.reject(new Error('a cluster that enforces nothing has no matrix'));
  const look: PolicyLook = {
    enforced: async (looking) => (await place(looking)).enforced,
    matrix: async (looking) => {
      await place(looking);
      return unreached();
    },
    changes: async (looking) => (await place(looking)).changes(),
  };
  const started = performance.now();
  const subject = { namespace: scene.namespace, release: scene.release, rolloutDeadlineMs: 0 };
  const target = { given: { cluster: { api, ...subject } }, missing: {} };
  const results = await runChecks(networkPolicyChecks(look), target, { signal });
  return { results, tookMs: performance.now() - started };
}
