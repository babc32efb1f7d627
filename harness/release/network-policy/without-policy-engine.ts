import type { Result } from '@meho/contract/check';
import { networkPolicyChecks } from '@meho/contract/network-policy';
import { runChecks } from '@meho/contract/run-checks';
import { TerminalProgress } from '@meho/core/report/terminal';
import type { Timeline } from '@meho/core/report/timeline';
import { once } from '@meho/core/wait/once';
import { createNetwork } from '@meho/images/engine/containers/network';
import { ensureEngine } from '@meho/images/engine/ensure-engine';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import { placeProbes } from '@meho/network-policy/probe/place';
import type { Topology } from '@meho/network-policy/topology';
import { K3sCluster } from '../../clusters/k3s.ts';
import type { Environment } from '../environment/environment.ts';

export interface UnenforcedResult {
  readonly results: readonly Result[];
  readonly tookMs: number;
}

/** On a cluster without a policy engine. */
export async function checkWithoutPolicyEngine(
  environment: Environment,
  timeline: Timeline,
  signal: AbortSignal,
): Promise<UnenforcedResult> {
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
  const topology: Topology = {
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
    placeProbes(api, topology, { image: reference, labels: request.labels, guestsAmongOthers: true, signal: placing }),
  );
  const unreached = () => Promise.reject(new Error('a cluster that enforces nothing has no matrix'));
  const measurement: PolicyMeasurement = {
    enforced: async (looking) => (await place(looking)).enforced,
    matrix: async (looking) => {
      await place(looking);
      return unreached();
    },
    changes: async (looking) => (await place(looking)).changes(),
  };
  const started = performance.now();
  const subject = { namespace: topology.namespace, release: topology.release, rolloutDeadlineMs: 0 };
  const target = { inputs: { cluster: { api, ...subject } }, missing: {} };
  const results = await runChecks(networkPolicyChecks(measurement), target, { signal });
  return { results, tookMs: performance.now() - started };
}
