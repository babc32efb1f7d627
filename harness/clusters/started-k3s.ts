import { nodeChoice } from '@meho/images/catalog';
import { containerState } from '@meho/images/engine/containers/owned';
import type { ResolvedImage } from '@meho/images/image';
import type { KubeApi } from '@meho/kube/api/api';
import { distributionOf, type PolicyEngine, serverVersion } from '@meho/kube/description';
import { containerdName } from './image-name.ts';
import { missingImages, runInNode, sendTarballs, waitForImages } from './node-images.ts';
import type { Capabilities, ClusterDescription, StartedCluster } from './provider.ts';
import { type TarballSource, tarballsOf } from './tarballs.ts';

/** For another process to attach to. Secret. */
export interface K3sState {
  readonly kubeconfig: string;
  readonly network: { readonly name: string; readonly id: string };
  readonly node: { readonly id: string; readonly host: string };
  readonly image: ResolvedImage;
}

export interface StartedK3sParts extends K3sState {
  readonly capabilities: Capabilities;
  readonly api: KubeApi;
  readonly tarballs: TarballSource;
  readonly policyEnforced: boolean;
  readonly nodePorts: readonly number[];
  readonly resources: AsyncDisposableStack;
}

const importDeadlineMs = 120_000;

/** Owns the container, its volumes and, unless given, its network. */
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

  get state(): K3sState {
    const { kubeconfig, network, node, image } = this.#parts;
    return { kubeconfig, network: { name: network.name, id: network.id }, node, image };
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

  async #policyEngine(kubernetesVersion: string, isK3s: boolean): Promise<PolicyEngine> {
    if (!this.#parts.policyEnforced) {
      return { kind: 'none', title: 'none (--disable-network-policy)' };
    }
    if (isK3s) {
      return { kind: 'kube-router', title: `kube-router inside k3s ${kubernetesVersion}` };
    }
    const isOfK3sParts = nodeChoice(this.#parts.image.name)?.node === 'k3s';
    const told = await runInNode(this.#parts.node.id, [isOfK3sParts ? 'kube-router' : 'cilium-agent', '--version']);
    const version = /\d+\.\d+\.\d+\S*/.exec(told)?.[0];
    const said = version ?? `(version told as ${JSON.stringify(told.trim())})`;
    return {
      ...(isOfK3sParts
        ? { kind: 'kube-router', title: `kube-router ${said}` }
        : { kind: 'cilium', title: `Cilium ${said}` }),
      ...(version === undefined ? {} : { version }),
    };
  }

  /** A mapped port works wherever the engine runs; otherwise the node's address. */
  async nodePortAddress(nodePort: number): Promise<{ readonly host: string; readonly port: number }> {
    const { node, nodePorts, network } = this.#parts;
    const { address, mappedPort } = await containerState('the node', node.id, network.name);
    return nodePorts.includes(nodePort)
      ? { host: node.host, port: mappedPort(nodePort) }
      : { host: address, port: nodePort };
  }

  async addRoute(to: string, via: string): Promise<void> {
    await runInNode(this.#parts.node.id, ['ip', 'route', 'replace', `${to}/32`, 'via', via]);
  }

  async loadImages(images: readonly ResolvedImage[]): Promise<void> {
    const id = this.#parts.node.id;
    const missing = await missingImages(id, images);
    // Under another's name there may be other content than when it was sent; what is built is named by its content.
    const others = images.filter((image) => image.origin !== 'built' && !missing.includes(image));
    for (const { reference } of others) {
      await runInNode(id, ['ctr', '-n', 'k8s.io', 'images', 'remove', '--sync', containerdName(reference)]);
    }
    const wanted = [...missing, ...others];
    await sendTarballs(id, await tarballsOf(wanted, this.#parts.tarballs, AbortSignal.timeout(importDeadlineMs)));
    await waitForImages(id, wanted, { deadlineMs: importDeadlineMs });
  }

  async nameImage(image: ResolvedImage, reference: string): Promise<void> {
    const [from, to] = [containerdName(image.reference), containerdName(reference)];
    if (from !== to) {
      await runInNode(this.#parts.node.id, ['ctr', '-n', 'k8s.io', 'images', 'tag', '--force', from, to]);
    }
  }

  nodeFile(path: string): Promise<string> {
    return runInNode(this.#parts.node.id, ['cat', path]);
  }

  /** Kills the node: nothing needs a graceful end. */
  stop(): Promise<void> {
    this.#stopping ??= this.#parts.resources.disposeAsync();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
