import { messageOf } from '@meho/core/problem';
import { nodeChoice } from '@meho/images/catalog';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { type OwnedContainer, startOwned, startProblem } from '@meho/images/engine/containers/owned';
import { labelledVolumes } from '@meho/images/engine/containers/volumes';
import type { ResolvedImage } from '@meho/images/image';
import { defaultKubernetes, kubeletArguments } from '@meho/images/recipes/node/versions';
import { KubeApi } from '@meho/kube/api/api';
import { accessOf } from '@meho/kube/kubeconfig/access';
import { parseKubeconfig } from '@meho/kube/kubeconfig/kubeconfig';
import type { StartedK3sContainer } from '@testcontainers/k3s';
import { getContainerRuntimeClient } from 'testcontainers';
import { NodeContainer } from './node-container.ts';
import { placeTarballs, waitForImages } from './node-images.ts';
import type { Capabilities, ClusterProvider, ClusterStart } from './provider.ts';
import { type K3sState, StartedK3sCluster } from './started-k3s.ts';
import { type TarballSource, tarballsOf } from './tarballs.ts';
import { waitForUsableCluster } from './usable-cluster.ts';

export interface K3sClusterOptions extends TarballSource {
  readonly node: ResolvedImage;
  /** Run by the pod that checks that the cluster is usable. */
  readonly agnhost: ResolvedImage;
  readonly labels: Readonly<Record<string, string>>;
  /** For services started at the same time; otherwise a new one. */
  readonly network?: Pick<ContainerNetwork, 'name' | 'id'>;
  /** For NodePort services; reachable from here wherever the engine runs. */
  readonly nodePorts?: readonly number[];
  /** Lets tests show that the suite notices a missing policy engine. */
  readonly disableNetworkPolicy?: boolean;
  /** See UsableOptions; shorter where DNS is known to be missing. */
  readonly looksDeadlineMs?: number;
  readonly serverArguments?: readonly string[];
  readonly files?: readonly { readonly content: string; readonly target: string }[];
}

/** By default the only mapped port. */
export const ingressNodePort = 30_443;

const startDeadlineMs = 120_000;
const importDeadlineMs = 120_000;

export class K3sCluster implements ClusterProvider {
  readonly name = 'k3s';
  readonly capabilities: Capabilities = {
    loadImages: true,
    stopNode: false,
    disposable: true,
    siblingContainers: true,
  };
  readonly #options: K3sClusterOptions;

  constructor(options: K3sClusterOptions) {
    this.#options = options;
  }

  async start({ progress, signal, images }: ClusterStart): Promise<StartedK3sCluster> {
    return progress.step('cluster', async (step) => {
      const { agnhost, labels, disableNetworkPolicy = false, looksDeadlineMs } = this.#options;
      const policyEnforced = !disableNetworkPolicy;
      const toLoad = [agnhost, ...images.filter(({ reference }) => reference !== agnhost.reference)];
      await using stack = new AsyncDisposableStack();
      const network = this.#options.network ?? stack.use(await createNetwork(labels));
      step.update('node starting');
      const node = stack.use(await this.#startNode(network, toLoad, signal));
      const id = node.started.getId();
      try {
        const kubeconfig = node.started.getKubeConfig();
        const api = stack.use(new KubeApi(await accessOf(parseKubeconfig(kubeconfig, 'the node'), undefined, signal)));
        step.update('node importing images');
        await waitForImages(id, [agnhost], { deadlineMs: importDeadlineMs, signal });
        step.update('asking DNS and the policy engine');
        await Promise.all([
          waitForUsableCluster(api, {
            ...{ agnhost, labels, policyEnforced, signal },
            ...(looksDeadlineMs === undefined ? {} : { looksDeadlineMs }),
          }),
          waitForImages(id, toLoad, { deadlineMs: importDeadlineMs, signal }),
        ]);
        return new StartedK3sCluster({
          capabilities: this.capabilities,
          kubeconfig,
          api,
          network,
          node: { id, host: node.started.getHost() },
          image: this.#options.node,
          tarballs: this.#options,
          policyEnforced,
          nodePorts: this.#nodePorts,
          resources: stack.move(),
        });
      } catch (error) {
        signal.throwIfAborted();
        throw startProblem('the cluster', messageOf(error), node.log, error);
      }
    });
  }

  /** Of another process, which owns it: stopping only closes connections. Brings images that its node lacks. */
  async attach(
    state: K3sState,
    { signal, images }: Pick<ClusterStart, 'signal' | 'images'>,
  ): Promise<StartedK3sCluster> {
    await using stack = new AsyncDisposableStack();
    const access = await accessOf(parseKubeconfig(state.kubeconfig, 'the node'), undefined, signal);
    const cluster = new StartedK3sCluster({
      ...state,
      capabilities: this.capabilities,
      api: stack.use(new KubeApi(access)),
      tarballs: this.#options,
      policyEnforced: this.#options.disableNetworkPolicy !== true,
      nodePorts: this.#nodePorts,
      resources: stack.move(),
    });
    await cluster.loadImages(images);
    return cluster;
  }

  get #nodePorts(): readonly number[] {
    return this.#options.nodePorts ?? [ingressNodePort];
  }

  async #startNode(
    network: Pick<ContainerNetwork, 'name' | 'id'>,
    images: readonly ResolvedImage[],
    signal: AbortSignal,
  ): Promise<OwnedContainer<StartedK3sContainer>> {
    const { node, labels, files = [] } = this.#options;
    const [volumes, tarballs, host] = await Promise.all([
      labelledVolumes(node.reference, labels),
      tarballsOf(images, this.#options, signal),
      engineHost(),
    ]);
    const container = new NodeContainer(node.reference)
      .withVolumes(volumes)
      .beforeStart((containerId) => placeTarballs(containerId, tarballs))
      .withNetworkMode(network.name)
      .withExposedPorts(...this.#nodePorts)
      .withCopyContentToContainer([...files])
      .withCommand(this.#command(host))
      .withStartupTimeout(startDeadlineMs);
    return startOwned({
      what: 'the node',
      container,
      begin: () => container.start(),
      labels,
      signal,
      deadlineMs: startDeadlineMs,
    });
  }

  /** The suite needs only DNS of what k3s ships, and brings its own ingress controller. */
  #command(host: string): string[] {
    const { node, disableNetworkPolicy = false, serverArguments = [] } = this.#options;
    const { kubernetes = defaultKubernetes } = nodeChoice(node.name) ?? {};
    return [
      'server',
      '--disable=traefik',
      '--disable=servicelb',
      '--disable=metrics-server',
      '--disable=local-storage',
      `--tls-san=${host}`,
      ...(disableNetworkPolicy ? ['--disable-network-policy'] : []),
      ...kubeletArguments(kubernetes).map((each) => `--kubelet-arg=${each}`),
      ...serverArguments,
    ];
  }
}

/** The API server's certificate must include it. */
async function engineHost(): Promise<string> {
  return (await getContainerRuntimeClient()).info.containerRuntime.host;
}
