import type { Progress } from '@meho/core/report/progress';
import type { ResolvedImage } from '@meho/images/image';
import type { PolicyEngine } from '@meho/kube/description';

/** Suites that need more are skipped, by name and reason. */
export interface Capabilities {
  /** Brings images of the local engine without a registry. */
  readonly loadImages: boolean;
  readonly stopNode: boolean;
  /** The whole cluster was created for this run. */
  readonly disposable: boolean;
  readonly siblingContainers: boolean;
}

export interface ClusterDescription {
  readonly distribution: string;
  readonly kubernetesVersion: string;
  readonly policyEngine: PolicyEngine;
  /** E.g. `built meho-node:3f2a…` or `rancher/k3s:v1.34.…`. */
  readonly origin: string;
}

export interface ClusterStart {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Loaded during start-up, so that nothing waits for them later. */
  readonly images: readonly ResolvedImage[];
}

export interface ClusterProvider {
  readonly name: 'k3s' | 'kubeconfig';
  readonly capabilities: Capabilities;
  /** @throws Problem if it fails; nothing is left behind */
  start(options: ClusterStart): Promise<StartedCluster>;
}

export interface StartedCluster extends AsyncDisposable {
  readonly capabilities: Capabilities;
  /** YAML, for this machine. Holds credentials: never in output or artefacts. */
  readonly kubeconfig: string;
  readonly network: { readonly name: string; readonly id: string } | undefined;
  describe(): Promise<ClusterDescription>;
  nodePortAddress(nodePort: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Routes an address to a container beside the cluster, for all pods. Only on managed nodes. */
  readonly addRoute?: (to: string, via: string) => Promise<void>;
  /** @throws Problem if `capabilities.loadImages` is false */
  loadImages(images: readonly ResolvedImage[]): Promise<void>;
  /** Only on managed nodes. */
  readonly nameImage?: (image: ResolvedImage, reference: string) => Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
