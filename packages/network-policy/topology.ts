import type { PodEndpoint, Protocol } from './semantics/cluster-policies.ts';

/** A host outside the cluster that the release reaches by CIDR and port. */
export interface Upstream {
  readonly id: 'postgres' | 'vault' | 'openid';
  readonly title: string;
  readonly ip: string;
  readonly port: number;
}

export interface Host {
  readonly id: string;
  readonly title: string;
  readonly ip: string;
  readonly serves: readonly { readonly port: number; readonly protocol: Protocol }[];
}

export interface Topology {
  readonly namespace: string;
  readonly release: string;
  /** Value of `app.kubernetes.io/name` on the backplane's pods. */
  readonly nameLabel: string;
  readonly ingressNamespace: string;
  /** Without its own broadcast, a release must have none of its rules. */
  readonly broadcast: { readonly enabled: boolean; readonly port: number };
  readonly upstreams: readonly Upstream[];
  /** Served on the upstreams' other ports: elsewhere silence proves nothing. */
  readonly upstreamsServe: readonly number[];
  readonly hosts: readonly Host[];
}

export type SourceId =
  | 'backplane'
  | 'migration'
  | 'broadcast'
  | 'would-be-broadcast'
  | 'bystander'
  | 'look-alike'
  | 'ingress'
  | 'stranger'
  | 'impostor'
  | 'twin';

export const sourceTitles: Readonly<Record<SourceId, string>> = {
  backplane: 'backplane pod',
  migration: "pod with the migration Job's labels",
  broadcast: 'broadcast pod',
  'would-be-broadcast': 'pod labelled like the broadcast, which is switched off',
  bystander: 'bare pod in the same namespace',
  'look-alike': 'pod in the same namespace with look-alike labels',
  ingress: "pod in the ingress controller's namespace",
  stranger: 'pod in another namespace, labelled like cluster DNS',
  impostor: "pod in another namespace with the backplane's labels",
  twin: "pod with the broadcast's labels, in a namespace whose name begins like the ingress controller's",
};

/** The contract's ports, so that only a policy makes a difference. */
export const probePodServes: Host['serves'] = [
  ...[53, 443, 5432, 6379, 8000, 8200].map((port) => ({ port, protocol: 'TCP' as const })),
  { port: 53, protocol: 'UDP' },
  { port: 8000, protocol: 'UDP' },
  { port: 8000, protocol: 'SCTP' },
];

/** Besides the backplane itself. */
export const backplaneServes: Host['serves'] = [
  { port: 8001, protocol: 'TCP' },
  { port: 5432, protocol: 'TCP' },
  { port: 8000, protocol: 'UDP' },
  { port: 8000, protocol: 'SCTP' },
];

/** Besides the broadcast, whose port is configurable. */
export function broadcastServes(port: number): Host['serves'] {
  return [
    { port: port + 1, protocol: 'TCP' },
    { port: 8000, protocol: 'TCP' },
    { port, protocol: 'UDP' },
  ];
}

/** By part (contract: everything of a release is found by its labels). */
export function partLabels({
  nameLabel,
  release,
}: Topology): Readonly<Record<'backplane' | 'migration' | 'broadcast', object>> {
  const labels = (name: string, component: string) => ({
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': release,
    'app.kubernetes.io/component': component,
  });
  return {
    backplane: labels(nameLabel, 'backplane'),
    migration: labels(nameLabel, 'migrate'),
    broadcast: labels('broadcast', 'broadcast'),
  };
}

/**
 * The backplane's labels of another release whose name begins like this one's. A name such as `meho-2` may be a
 * neighbour's, whose Service would send its requests to the probe.
 *
 * @param mark fresh, so that no release has it
 */
export function lookAlike(topology: Topology, mark: string): object {
  return {
    ...partLabels(topology).backplane,
    'app.kubernetes.io/instance': `${topology.release}-${mark}`,
  };
}

/** By the contract's labels, which name a component only for the migration's pods, not the backplane's. */
export function ownPod(
  topology: Topology,
  part: 'backplane' | 'broadcast',
  pods: readonly PodEndpoint[],
): PodEndpoint | undefined {
  const name = part === 'broadcast' ? 'broadcast' : topology.nameLabel;
  return pods.find(
    ({ namespace, labels }) =>
      namespace === topology.namespace &&
      labels['app.kubernetes.io/name'] === name &&
      labels['app.kubernetes.io/instance'] === topology.release &&
      labels['app.kubernetes.io/component'] !== 'migrate',
  );
}
