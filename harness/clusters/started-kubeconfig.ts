import type { V1Node } from '@kubernetes/client-node';
import { Problem } from '@meho/core/problem';
import type { ResolvedImage } from '@meho/images/image';
import type { KubeApi } from '@meho/kube/api/api';
import { type Json, nodes } from '@meho/kube/api/resource';
import { distributionOf, policyEngineOf, serverVersion } from '@meho/kube/description';
import type { Capabilities, ClusterDescription, StartedCluster } from './provider.ts';

export interface StartedKubeconfigParts {
  readonly api: KubeApi;
  readonly capabilities: Capabilities;
  readonly kubeconfig: string;
  readonly network: StartedCluster['network'];
}

/** Owns only its connections. */
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

  /** Prefers external addresses. @throws Problem if no Ready node has one */
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

  /** Nothing to stop on an existing cluster. Idempotent. */
  stop(): Promise<void> {
    this.#api[Symbol.dispose]();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Returns the address most likely reachable from here. */
function nodeAddress(found: readonly Json<V1Node>[]): string | undefined {
  const addresses = found
    .filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'))
    .flatMap(({ status }) => status?.addresses ?? []);
  return ['ExternalIP', 'InternalIP']
    .map((wanted) => addresses.find(({ type }) => type === wanted)?.address)
    .find((address) => address !== undefined);
}
