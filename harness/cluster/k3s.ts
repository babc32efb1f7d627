import type { StartedK3sContainer } from '@testcontainers/k3s';
import { getContainerRuntimeClient } from 'testcontainers';
import { type ContainerNetwork, createNetwork } from '../containers/network.ts';
import { type OwnedContainer, startOwned, startProblem } from '../containers/owned.ts';
import { labelledVolumes } from '../containers/volumes.ts';
import type { ResolvedImage } from '../images/image.ts';
import { accessOf } from '../kube/access.ts';
import { KubeApi } from '../kube/api.ts';
import { parseKubeconfig } from '../kube/kubeconfig.ts';
import { messageOf } from '../problem.ts';
import { NodeContainer } from './node-container.ts';
import { imagesListed, placeTarballs } from './node-images.ts';
import type { Capabilities, ClusterProvider, ClusterStart } from './provider.ts';
import { StartedK3sCluster } from './started-k3s.ts';
import { type TarballSource, tarballsOf } from './tarballs.ts';
import { waitUntilUsable } from './usable.ts';

export interface K3sClusterOptions extends TarballSource {
  /** The node: `rancher/k3s`, or what stands in for it where no registry is reachable. */
  readonly node: ResolvedImage;
  /** Kubernetes' agnhost: the pod that finds out whether the cluster is usable runs it. */
  readonly agnhost: ResolvedImage;
  /** The run's labels: on container, volumes, network and on what is made inside the cluster. */
  readonly labels: Readonly<Record<string, string>>;
  /** The network to join, when services are started beside the cluster at the same time; one of its own otherwise. */
  readonly network?: ContainerNetwork;
  /** Ports for NodePort services that this machine reaches wherever the engine is. */
  readonly nodePorts?: readonly number[];
  /** Without a policy engine, for the proof that the suite notices. */
  readonly disableNetworkPolicy?: boolean;
  /** See UsableOptions; shorter where DNS is known to be missing. */
  readonly looksDeadlineMs?: number;
  /** Further arguments of `k3s server`, e.g. `--kube-apiserver-arg=audit-log-path=…`. */
  readonly serverArguments?: readonly string[];
  /** Files that must be there when the node starts, e.g. an audit policy. */
  readonly files?: readonly { readonly content: string; readonly target: string }[];
}

/** Where the ingress controller listens, by default the one port that is mapped to this machine. */
export const ingressNodePort = 30_443;

const startDeadlineMs = 120_000;
const importDeadlineMs = 120_000;

/** A cluster of one node in a container, made for one run and gone with it. */
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
        await imagesListed(id, [agnhost], { deadlineMs: importDeadlineMs, signal });
        step.update('asking DNS and the policy engine');
        await Promise.all([
          waitUntilUsable(api, {
            ...{ agnhost, labels, policyEnforced, signal },
            ...(looksDeadlineMs === undefined ? {} : { looksDeadlineMs }),
          }),
          imagesListed(id, toLoad, { deadlineMs: importDeadlineMs, signal }),
        ]);
        return new StartedK3sCluster({
          capabilities: this.capabilities,
          kubeconfig,
          api,
          network,
          node: node.started,
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

  get #nodePorts(): readonly number[] {
    return this.#options.nodePorts ?? [ingressNodePort];
  }

  async #startNode(
    network: ContainerNetwork,
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

  /** The suite brings its own ingress controller, and needs nothing of what k3s ships beside DNS. */
  #command(host: string): string[] {
    const { disableNetworkPolicy = false, serverArguments = [] } = this.#options;
    return [
      'server',
      '--disable=traefik',
      '--disable=servicelb',
      '--disable=metrics-server',
      '--disable=local-storage',
      `--tls-san=${host}`,
      ...(disableNetworkPolicy ? ['--disable-network-policy'] : []),
      ...serverArguments,
    ];
  }
}

/** The name by which this machine reaches the engine's ports, which the API server's certificate must hold. */
async function engineHost(): Promise<string> {
  return (await getContainerRuntimeClient()).info.containerRuntime.host;
}
