import type { PodEndpoint, Protocol } from './world.ts';

/** A host outside the cluster that a release is told of by a CIDR, and the port that it is told to call. */
export interface Upstream {
  readonly id: 'postgres' | 'vault' | 'openid';
  readonly title: string;
  readonly ip: string;
  readonly port: number;
}

/** Another host outside, with what answers there. */
export interface Host {
  readonly id: string;
  readonly title: string;
  readonly ip: string;
  readonly serves: readonly { readonly port: number; readonly protocol: Protocol }[];
}

/** Everything that may be asked about a release: the release itself, its surroundings and what stands beside them. */
export interface Scene {
  readonly namespace: string;
  readonly release: string;
  /** Value of `app.kubernetes.io/name` on the backplane's pods. */
  readonly nameLabel: string;
  readonly ingressNamespace: string;
  /** `enabled` is false where the release has no broadcast of its own: then nothing may be left of its rules. */
  readonly broadcast: { readonly enabled: boolean; readonly port: number };
  readonly upstreams: readonly Upstream[];
  /** Whether something answers on the upstreams' other ports, too: without it a silence there proves nothing. */
  readonly upstreamsServe: readonly number[];
  readonly hosts: readonly Host[];
}

/** The pods that probes run in, by who they are. */
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

/** What answers in each pod of ours: the ports of the contract, so that only a policy can make a difference. */
export const guestServes: Host['serves'] = [
  ...[53, 443, 5432, 6379, 8000, 8200].map((port) => ({ port, protocol: 'TCP' as const })),
  { port: 53, protocol: 'UDP' },
  { port: 8000, protocol: 'UDP' },
  { port: 8000, protocol: 'SCTP' },
];

/** What answers in the backplane's pod beside itself. */
export const backplaneServes: Host['serves'] = [
  { port: 8001, protocol: 'TCP' },
  { port: 5432, protocol: 'TCP' },
  { port: 8000, protocol: 'UDP' },
  { port: 8000, protocol: 'SCTP' },
];

/** And in the broadcast's, which listens on a port that values choose. */
export function broadcastServes(port: number): Host['serves'] {
  return [
    { port: port + 1, protocol: 'TCP' },
    { port: 8000, protocol: 'TCP' },
    { port, protocol: 'UDP' },
  ];
}

/** Labels of a release's pods, by part (contract: everything of a release is found by its labels). */
export function partLabels({
  nameLabel,
  release,
}: Scene): Readonly<Record<'backplane' | 'migration' | 'broadcast', object>> {
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
 * The release's own pod of a part, by the labels that the contract names; none where it doesn't run. The contract asks no
 * component of the backplane's pods, only of the migration's.
 */
export function ownPod(
  scene: Scene,
  part: 'backplane' | 'broadcast',
  pods: readonly PodEndpoint[],
): PodEndpoint | undefined {
  const name = part === 'broadcast' ? 'broadcast' : scene.nameLabel;
  return pods.find(
    ({ namespace, labels }) =>
      namespace === scene.namespace &&
      labels['app.kubernetes.io/name'] === name &&
      labels['app.kubernetes.io/instance'] === scene.release &&
      labels['app.kubernetes.io/component'] !== 'migrate',
  );
}
