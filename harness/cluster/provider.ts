import type { ResolvedImage } from '../images/image.ts';
import type { Progress } from '../report/progress.ts';

/** What a cluster lets us do. A suite that needs more than there is, is skipped by name and reason. */
export interface Capabilities {
  /** Images of the local engine can be brought onto its nodes without a registry. */
  readonly loadImages: boolean;
  /** The node may be stopped and started as a fault. */
  readonly stopNode: boolean;
  /** The whole cluster is ours: it was created for this run and goes with it. */
  readonly disposable: boolean;
  /** Containers beside the cluster are reachable from its pods. */
  readonly siblingContainers: boolean;
}

/** What was under test, for the report. */
export interface ClusterDescription {
  readonly distribution: string;
  readonly kubernetesVersion: string;
  /** Name and version of what enforces NetworkPolicy, or a sentence saying that it isn't known. */
  readonly policyEngine: string;
  /** Where the node came from, e.g. `built meho-node:3f2a…` or `rancher/k3s:v1.34.…`. */
  readonly origin: string;
}

export interface ClusterStart {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Images to bring onto the node while it comes up, so that nothing waits for them later. */
  readonly images: readonly ResolvedImage[];
}

/** A specification of a cluster; starting it gives a handle that owns it. */
export interface ClusterProvider {
  readonly name: 'k3s' | 'kubeconfig';
  readonly capabilities: Capabilities;
  /** @throws Problem when the cluster can't be brought up or reached; nothing is left behind then */
  start(options: ClusterStart): Promise<StartedCluster>;
}

export interface StartedCluster extends AsyncDisposable {
  readonly capabilities: Capabilities;
  /** The kubeconfig as YAML, for this machine. Holds credentials: never into output or artefacts. */
  readonly kubeconfig: string;
  /** Docker network shared by node and services, where there is one. */
  readonly network: { readonly name: string; readonly id: string } | undefined;
  describe(): Promise<ClusterDescription>;
  /** Where the ingress controller's NodePort is reached from this machine: host for a node port. */
  nodePortAddress(nodePort: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Leads an address, for all pods, to a container beside the cluster. Absent where the nodes aren't ours. */
  readonly addRoute?: (to: string, via: string) => Promise<void>;
  /** @throws Problem where `capabilities.loadImages` is false */
  loadImages(images: readonly ResolvedImage[]): Promise<void>;
  /** Gives an image that its nodes have another name as well. Absent where the nodes aren't ours. */
  readonly nameImage?: (image: ResolvedImage, reference: string) => Promise<void>;
  /** Stops and removes what `start` created. May be called twice. */
  stop(): Promise<void>;
}
