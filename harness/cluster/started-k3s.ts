import type { StartedK3sContainer } from '@testcontainers/k3s';
import { whereabouts } from '../containers/owned.ts';
import type { ResolvedImage } from '../images/image.ts';
import type { KubeApi } from '../kube/api.ts';
import { distributionOf, serverVersion } from './description.ts';
import { containerdName } from './image-name.ts';
import { handOverTarballs, imagesListed, inContainer } from './node-images.ts';
import type { Capabilities, ClusterDescription, StartedCluster } from './provider.ts';
import { type TarballSource, tarballsOf } from './tarballs.ts';

export interface StartedK3sParts {
  readonly capabilities: Capabilities;
  readonly kubeconfig: string;
  readonly api: KubeApi;
  readonly network: { readonly name: string; readonly id: string };
  readonly node: StartedK3sContainer;
  readonly image: ResolvedImage;
  readonly tarballs: TarballSource;
  readonly policyEnforced: boolean;
  /** Node ports that are mapped to this machine. */
  readonly nodePorts: readonly number[];
  /** Everything that goes with the cluster, in the order it was made. */
  readonly resources: AsyncDisposableStack;
}

const importDeadlineMs = 120_000;

/** Handle of a cluster in a container; it owns the container, its volumes and, unless given, its network. */
export class StartedK3sCluster implements StartedCluster {
  readonly capabilities: Capabilities;
  readonly kubeconfig: string;
  readonly network: { readonly name: string; readonly id: string };
  readonly #parts: StartedK3sParts;
  #stopping: Promise<void> | undefined;

  constructor(parts: StartedK3sParts) {
    this.capabilities = parts.capabilities;
    this.kubeconfig = parts.kubeconfig;
    this.network = { name: parts.network.name, id: parts.network.id };
    this.#parts = parts;
  }

  async describe(): Promise<ClusterDescription> {
    const { api, image } = this.#parts;
    const kubernetesVersion = await serverVersion(api);
    const isK3s = kubernetesVersion.includes('+k3s');
    return {
      distribution: isK3s ? distributionOf(kubernetesVersion) : 'upstream Kubernetes (meho node)',
      kubernetesVersion,
      policyEngine: await this.#policyEngine(kubernetesVersion, isK3s),
      origin: `${image.origin} ${image.reference}`,
    };
  }

  async #policyEngine(kubernetesVersion: string, isK3s: boolean): Promise<string> {
    if (!this.#parts.policyEnforced) {
      return 'none (--disable-network-policy)';
    }
    if (isK3s) {
      return `kube-router inside k3s ${kubernetesVersion}`;
    }
    const told = await inContainer(this.#parts.node.getId(), ['cilium-agent', '--version']);
    return `Cilium ${/\d+\.\d+\.\d+\S*/.exec(told)?.[0] ?? `(version told as ${JSON.stringify(told.trim())})`}`;
  }

  /** By the mapped port where there is one, which works with an engine anywhere; by the node's own address otherwise. */
  async nodePortAddress(nodePort: number): Promise<{ readonly host: string; readonly port: number }> {
    const { node, nodePorts, network } = this.#parts;
    if (nodePorts.includes(nodePort)) {
      return { host: node.getHost(), port: node.getMappedPort(nodePort) };
    }
    const { address } = await whereabouts('the node', node.getId(), network.name);
    return { host: address, port: nodePort };
  }

  async addRoute(to: string, via: string): Promise<void> {
    await inContainer(this.#parts.node.getId(), ['ip', 'route', 'replace', `${to}/32`, 'via', via]);
  }

  async loadImages(images: readonly ResolvedImage[]): Promise<void> {
    const id = this.#parts.node.getId();
    await handOverTarballs(id, await tarballsOf(images, this.#parts.tarballs, AbortSignal.timeout(importDeadlineMs)));
    await imagesListed(id, images, { deadlineMs: importDeadlineMs });
  }

  async nameImage(image: ResolvedImage, reference: string): Promise<void> {
    const [from, to] = [containerdName(image.reference), containerdName(reference)];
    if (from !== to) {
      await inContainer(this.#parts.node.getId(), ['ctr', '-n', 'k8s.io', 'images', 'tag', '--force', from, to]);
    }
  }

  /** The text of a file on the node, e.g. of an audit log that `serverArguments` asked for. */
  nodeFile(path: string): Promise<string> {
    return inContainer(this.#parts.node.getId(), ['cat', path]);
  }

  /** Kills the node: nothing in it is worth a graceful end. */
  stop(): Promise<void> {
    this.#stopping ??= this.#parts.resources.disposeAsync();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
