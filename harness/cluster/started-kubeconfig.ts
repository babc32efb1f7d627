import type { V1Node } from '@kubernetes/client-node';
import type { ResolvedImage } from '../images/image.ts';
import type { KubeApi } from '../kube/api.ts';
import { type Json, nodes } from '../kube/resource.ts';
import { Problem } from '../problem.ts';
import { distributionOf, policyEngineOf, serverVersion } from './description.ts';
import type { Capabilities, ClusterDescription, StartedCluster } from './provider.ts';

export interface StartedKubeconfigParts {
  readonly api: KubeApi;
  readonly capabilities: Capabilities;
  readonly kubeconfig: string;
  readonly network: StartedCluster['network'];
}

/** Handle of a cluster that isn't ours: it owns nothing but its connections. */
export class StartedKubeconfigCluster implements StartedCluster {
  readonly capabilities: Capabilities;
  readonly kubeconfig: string;
  readonly network: StartedCluster['network'];
  readonly #api: KubeApi;

  constructor({ api, capabilities, kubeconfig, network }: StartedKubeconfigParts) {
    this.capabilities = capabilities;
    this.kubeconfig = kubeconfig;
    this.network = network;
    this.#api = api;
  }

  async describe(): Promise<ClusterDescription> {
    const kubernetesVersion = await serverVersion(this.#api);
    return {
      distribution: distributionOf(kubernetesVersion),
      kubernetesVersion,
      policyEngine: await policyEngineOf(this.#api, kubernetesVersion),
      origin: this.#api.access.description,
    };
  }

  /** A node's own address: external where it has one. @throws Problem when no Ready node tells an address */
  async nodePortAddress(nodePort: number): Promise<{ readonly host: string; readonly port: number }> {
    const { items } = await this.#api.list(nodes, {});
    const host = nodeAddress(items);
    if (host === undefined) {
      throw new Problem({
        expected: `a Ready node with an address for node port ${nodePort}`,
        observed: `none of ${items.length} nodes has one`,
        next: 'see `kubectl get nodes -o wide`',
      });
    }
    return { host, port: nodePort };
  }

  loadImages(images: readonly ResolvedImage[]): Promise<void> {
    return Promise.reject(
      new Problem({
        expected: `${images.map(({ reference }) => reference).join(', ')} to be brought onto the cluster's nodes`,
        observed: `the nodes of ${this.#api.access.description} aren't ours to put images on`,
        next: 'push them to a registry that these nodes can pull from',
      }),
    );
  }

  /** Nothing was started on the cluster, so nothing is stopped there. May be called twice. */
  stop(): Promise<void> {
    this.#api[Symbol.dispose]();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** The address of a Ready node that is most likely to be reached from here. */
function nodeAddress(found: readonly Json<V1Node>[]): string | undefined {
  const addresses = found
    .filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    .flatMap(({ status }) => status?.addresses ?? []);
  return ['ExternalIP', 'InternalIP']
    .map((wanted) => addresses.find(({ type }) => type === wanted)?.address)
    .find((address) => address !== undefined);
}
