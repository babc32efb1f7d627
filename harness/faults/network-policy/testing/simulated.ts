import { declare, type PolicyValues } from '@meho/network-policy/declare';
import type { Cell, Matrix } from '@meho/network-policy/matrix';
import { isWorthwhile } from '@meho/network-policy/plan';
import type { AddressEndpoint, PodEndpoint } from '@meho/network-policy/semantics/cluster-policies';
import { evaluate } from '@meho/network-policy/semantics/evaluate';
import type { ClusterState } from '@meho/network-policy/semantics/read-cluster-policies';
import { policyFromJson } from '@meho/network-policy/semantics/read-cluster-policies';
import { targetsOf } from '@meho/network-policy/targets';
import { aPod } from '@meho/network-policy/testing/cells';
import { partLabels, type SourceId, sourceTitles, type Topology } from '@meho/network-policy/topology';
import type { Part, Policy, Spec } from '../policies.ts';

/** What `policy-lab` and `placeProbes` create, without a cluster. */
export const scene: Topology = {
  namespace: 'meho-x',
  release: 'meho',
  nameLabel: 'meho',
  ingressNamespace: 'meho-ingress',
  broadcast: { enabled: true, port: 6379 },
  upstreams: [
    { id: 'postgres', title: 'Postgres', ip: '10.9.0.3', port: 5432 },
    { id: 'vault', title: 'Vault', ip: '10.9.0.4', port: 8200 },
    { id: 'openid', title: 'OpenID provider', ip: '10.9.0.5', port: 443 },
  ],
  upstreamsServe: [443, 5432, 8200, 9999],
  hosts: [
    { id: 'decoy', title: 'decoy', ip: '10.9.0.9', serves: tcp(443, 5432, 6379, 8000, 8200) },
    {
      id: 'other-server',
      title: 'another DNS server',
      ip: '10.9.0.10',
      serves: [{ port: 53, protocol: 'UDP' }, ...tcp(53)],
    },
    { id: 'metadata', title: 'cloud metadata', ip: '169.254.169.254', serves: tcp(80) },
  ],
};
const values: PolicyValues = {
  nameOverride: 'meho',
  networkPolicy: {
    enabled: true,
    ingressControllerNamespace: scene.ingressNamespace,
    postgresCIDR: '10.9.0.3/32',
    vaultCIDR: '10.9.0.4/32',
    keycloakCIDR: '10.9.0.5/32',
  },
  broadcast: { enabled: true, service: { port: 6379 } },
};

const part = partLabels(scene);
const selecting = (labels: object) => ({ matchLabels: Object.fromEntries(Object.entries(labels)) });
const { 'app.kubernetes.io/component': _, ...ownLabels } = part.backplane as Record<string, string>;
const { 'app.kubernetes.io/component': __, ...broadcastLabels } = part.broadcast as Record<string, string>;
const to = (cidr: string, port: number) => ({ to: [{ ipBlock: { cidr } }], ports: [{ protocol: 'TCP', port }] });

/** As the chart renders it (checked by `charts/network-policy.spec.ts`). */
export const specs: Readonly<Record<Part, object>> = {
  backplane: {
    podSelector: selecting(ownLabels),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [{ namespaceSelector: selecting({ 'kubernetes.io/metadata.name': scene.ingressNamespace }) }],
        ports: [{ protocol: 'TCP', port: 8000 }],
      },
    ],
    egress: [
      {
        to: [
          {
            namespaceSelector: selecting({ 'kubernetes.io/metadata.name': 'kube-system' }),
            podSelector: selecting({ 'k8s-app': 'kube-dns' }),
          },
        ],
        ports: [{ protocol: 'UDP', port: 53 }],
      },
      to(values.networkPolicy.postgresCIDR, 5432),
      to(values.networkPolicy.vaultCIDR, 8200),
      to(values.networkPolicy.keycloakCIDR, 443),
      { to: [{ podSelector: selecting(broadcastLabels) }], ports: [{ protocol: 'TCP', port: 6379 }] },
    ],
  },
  broadcast: {
    podSelector: selecting(broadcastLabels),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: selecting(part.backplane) }], ports: [{ protocol: 'TCP', port: 6379 }] }],
  },
};

let last = 1;
function pod(namespace: string, name: string, labels: object): PodEndpoint {
  last += 1;
  return { ...aPod(namespace, name, labels as Record<string, string>), ip: `10.42.0.${last}` };
}

const sources: readonly (readonly [SourceId, PodEndpoint])[] = [
  ['backplane', pod(scene.namespace, 'backplane', part.backplane)],
  ['broadcast', pod(scene.namespace, 'broadcast', part.broadcast)],
  ['twin', pod(`${scene.ingressNamespace}-2`, 'twin', part.broadcast)],
  ['migration', pod(scene.namespace, 'migration', part.migration)],
  ['bystander', pod(scene.namespace, 'bystander', {})],
  ['look-alike', pod(scene.namespace, 'look-alike', { ...part.backplane, 'app.kubernetes.io/instance': 'meho-2' })],
  ['ingress', pod(scene.ingressNamespace, 'ingress', {})],
  ['stranger', pod('elsewhere', 'stranger', { 'k8s-app': 'kube-dns' })],
  ['impostor', pod('elsewhere', 'impostor', part.backplane)],
];
const dns = pod('kube-system', 'coredns', { 'k8s-app': 'kube-dns' });
const node: AddressEndpoint = { kind: 'address', name: 'node', ip: '172.18.0.2', isNode: true };
const common = { clusterIp: '10.43.0.10', protocol: 'TCP' as const };
const dnsService = { ...common, namespace: 'kube-system', name: 'kube-dns', port: 53, endpoint: dns, endpointPort: 53 };
const namespaces = [...new Set([...sources.map(([, { namespace }]) => namespace), 'kube-system', 'default'])];

/** As an engine that follows these policies would answer. */
export function simulated(own: Readonly<Record<Part, object>> = specs, beside: readonly Policy[] = []): Matrix {
  const release = Object.entries(own).map(([name, spec]) => ({
    metadata: { namespace: scene.namespace, name: name === 'broadcast' ? 'meho-broadcast' : 'meho' },
    spec,
  }));
  const policies = {
    namespaces: namespaces.map((name) => ({ name, labels: { 'kubernetes.io/metadata.name': name } })),
    policies: [...release, ...beside].map((policy) => policyFromJson(policy)),
  };
  const state: ClusterState = {
    policies,
    pods: [...sources.map(([, each]) => each), dns],
    nodes: [node],
    services: [
      { ...dnsService, behind: [dns] },
      { ...dnsService, behind: [dns], protocol: 'UDP' },
      {
        ...common,
        namespace: 'default',
        name: 'kubernetes',
        port: 443,
        endpoint: node,
        behind: [node],
        endpointPort: 6443,
      },
    ],
  };
  const probePods = new Map(sources.filter(([id]) => id !== 'backplane' && id !== 'broadcast'));
  const { targets, skipped, lost } = targetsOf(scene, { probePods, upstreamServices: undefined }, state);
  const promised = declare(values, { namespace: scene.namespace, release: scene.release });
  const semantics = { ipBlockMatchesPods: true };
  const cells = sources.flatMap(([id, each]) =>
    targets
      .filter((target) => target.reachedBy !== 'Service name' && isWorthwhile(each, target, false))
      .map((target): Cell => {
        const source = { id, title: sourceTitles[id], pod: each };
        const { endpoint, endpointPort: port, protocol } = target;
        const computed = evaluate(policies, { from: each, to: endpoint, port, protocol }, semantics);
        const answer = computed.allowed ? 'connected' : 'timed out';
        const observed = { answer, tookMs: 1, evidence: '' } as const;
        return { source, target, declared: promised(source, target), computed, observed, controls: [] };
      }),
  );
  return { cells, policies, semantics, probes: cells.length, startedAt: '', tookMs: 1, skipped, lost };
}

/** As the API server does: null removes, lists are replaced. */
export function patched(spec: object, change: object): Spec {
  const merged: Record<string, unknown> = { ...spec };
  for (const [key, value] of Object.entries(change)) {
    const before = merged[key];
    if (value === null) {
      delete merged[key];
    } else {
      merged[key] = isTable(value) && isTable(before) ? patched(before, value) : value;
    }
  }
  return merged as unknown as Spec;
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tcp(...ports: readonly number[]) {
  return ports.map((port) => ({ port, protocol: 'TCP' as const }));
}
