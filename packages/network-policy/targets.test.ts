import { expect, test } from 'vitest';
import type { AddressEndpoint, Endpoint, PodEndpoint } from './semantics/cluster-policies.ts';
import type { ClusterState, ServicePort } from './semantics/read-cluster-policies.ts';
import { targetsOf } from './targets.ts';
import { aPod } from './testing/cells.ts';
import { ownPod, type Topology } from './topology.ts';

const labels = (name: string, component?: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': 'lab',
  ...(component === undefined ? {} : { 'app.kubernetes.io/component': component }),
});
const backplane = aPod('meho', 'backplane', labels('meho', 'backplane'));
const second = aPod('meho', 'second', labels('meho', 'backplane'));
const migration = aPod('meho', 'a-migration', labels('meho', 'migrate'));
const broadcast = aPod('meho', 'broadcast', labels('broadcast'));
const coredns = aPod('kube-system', 'coredns', { 'k8s-app': 'kube-dns' });
const worker: AddressEndpoint = { kind: 'address', name: 'a-worker', ip: '172.18.0.9', isNode: true };
const server: AddressEndpoint = { kind: 'address', name: 'server', ip: '172.18.0.2', isNode: true };

function leads(namespace: string, name: string, port: number, behind: readonly Endpoint[], over: object = {}) {
  const [endpoint = server] = behind;
  const common = { namespace, name, clusterIp: '10.43.0.10', port, protocol: 'TCP' as const };
  return { ...common, endpoint, behind, endpointPort: port, ...over } satisfies ServicePort;
}
const dns = (name: string, pod: PodEndpoint) => [
  leads('kube-system', name, 53, [pod]),
  leads('kube-system', name, 53, [pod], { protocol: 'UDP' }),
];
const state = (over: Partial<ClusterState> = {}): ClusterState => ({
  policies: { namespaces: [], policies: [] },
  pods: [migration, backplane, second, broadcast, coredns],
  nodes: [worker, server],
  services: [
    leads('meho', 'meho', 8000, [second, backplane]),
    leads('meho', 'broadcast', 6379, [broadcast]),
    ...dns('rke2-coredns-rke2-coredns', coredns),
    leads('default', 'kubernetes', 443, [server], { endpointPort: 6443 }),
  ],
  ...over,
});
const topology: Topology = {
  namespace: 'meho',
  release: 'lab',
  nameLabel: 'meho',
  ingressNamespace: 'ingress-nginx',
  broadcast: { enabled: true, port: 6379 },
  upstreams: [],
  upstreamsServe: [],
  hosts: [],
};
const asked = (over: Partial<ClusterState> = {}, from: Partial<Topology> = {}) =>
  targetsOf({ ...topology, ...from }, { probePods: new Map(), upstreamServices: undefined }, state(over));
const ids = (all: ReturnType<typeof asked>) => all.targets.map(({ id }) => id);

test('cluster DNS is found by what the contract calls it, whatever its Service is named', () => {
  expect(ids(asked())).toEqual(
    expect.arrayContaining(['dns-53-udp', 'dns-53-udp-service', 'dns-53-udp-name', 'dns-53-tcp-service']),
  );
  const byName = asked().targets.find(({ id }) => id === 'dns-53-udp-name');
  expect(byName?.host).toBe('rke2-coredns-rke2-coredns.kube-system.svc');
});

test('the API server is asked where it is, which need not be the first node', () => {
  expect(asked().targets.find(({ id }) => id === 'api-6443-tcp')?.host).toBe('172.18.0.2');
});

test('a pod that is not the first behind its Service is asked by that Service all the same', () => {
  const service = asked().targets.find(({ id }) => id === 'backplane-8000-tcp-service');
  expect(service?.behind).toEqual([second, backplane]);
});

test('a healthy cluster has lost nothing, and every target has an id of its own', () => {
  const all = asked();
  expect([...all.lost, ...all.skipped]).toEqual([]);
  expect(new Set(ids(all)).size).toBe(all.targets.length);
});

test.each<[string, Partial<ClusterState>, readonly string[]]>([
  ['no broadcast pod', { pods: [backplane, second, coredns] }, ['flows to the broadcast']],
  ['no backplane pod', { pods: [migration, broadcast, coredns] }, ['flows to the backplane']],
  [
    'no DNS pod that the contract’s rule would select',
    { services: state().services.filter(({ namespace }) => namespace !== 'kube-system') },
    ['cluster DNS by UDP', 'cluster DNS by TCP'],
  ],
  [
    'DNS elsewhere that has the label',
    {
      services: [
        ...state().services.slice(0, 2),
        ...dns('kube-dns', aPod('other', 'x', coredns.labels)),
        ...state().services.slice(4),
      ],
    },
    ['cluster DNS by UDP', 'cluster DNS by TCP'],
  ],
  ['no node', { nodes: [] }, ['the kubelet']],
])('%s: told as lost', (_, over, lost) => {
  expect(asked(over).lost.map(({ what }) => what)).toEqual(lost);
});

test('a Service that leads nowhere is told as not probed', () => {
  const { skipped } = asked({ services: state().services.slice(1) });
  expect(skipped).toMatchObject([{ what: 'the backplane by Service IP and Service name' }]);
});

test('with the broadcast switched off, a pod labelled like it is asked on its port', () => {
  const off = { broadcast: { enabled: false, port: 6380 } };
  const probePods = new Map([['would-be-broadcast', aPod('meho', 'guest', labels('broadcast'))]] as const);
  const { targets, lost } = targetsOf({ ...topology, ...off }, { probePods, upstreamServices: undefined }, state());
  expect(targets.map(({ id }) => id)).toContain('would-be-broadcast-6380-tcp');
  expect(lost).toEqual([]);
});

test('pods with an IPv6 address are asked by that as well, but for SCTP', () => {
  const both = { ...backplane, ip6: 'fd00::7' };
  const { targets } = asked({ pods: [both, broadcast, coredns] });
  const six = targets.filter(({ host }) => host === 'fd00::7');
  expect(six.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual(['8001/TCP', '5432/TCP', '8000/UDP']);
  expect(six.every(({ endpoint }) => endpoint.ip === 'fd00::7')).toBe(true);
});

test('the backplane is told from its migration, and by no component of its own', () => {
  const bare = aPod('meho', 'bare', labels('meho'));
  expect(ownPod(topology, 'backplane', [migration, bare])).toBe(bare);
  expect(ownPod(topology, 'backplane', [migration, aPod('other', 'x', labels('meho')), broadcast])).toBeUndefined();
  expect(ownPod({ ...topology, release: 'lab-2' }, 'backplane', [bare])).toBeUndefined();
  expect(ownPod(topology, 'broadcast', [backplane, broadcast])).toBe(broadcast);
});
