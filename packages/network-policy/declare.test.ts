import { describe, expect, test } from 'vitest';
import { declare, type PolicyValues, type ReleaseFacts } from './declare.ts';
import { inRange } from './semantics/cidr.ts';
import type { Endpoint } from './semantics/cluster-policies.ts';
import { aPod, aSource, aTarget } from './testing/cells.ts';

const values: PolicyValues = {
  nameOverride: 'meho',
  networkPolicy: {
    enabled: true,
    ingressControllerNamespace: 'ingress-nginx',
    postgresCIDR: '10.9.0.3/32',
    vaultCIDR: '10.9.0.4/32',
    keycloakCIDR: '10.9.0.5/32',
  },
  broadcast: { enabled: true, service: { port: 6379 } },
};
const facts: ReleaseFacts = { namespace: 'meho', release: 'lab' };

const labels = (name: string, component: string) => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/instance': 'lab',
  'app.kubernetes.io/component': component,
});
const backplane = aPod('meho', 'backplane-1', labels('meho', 'backplane'));
const migration = aPod('meho', 'migrate-1', labels('meho', 'migrate'));
const broadcast = aPod('meho', 'broadcast-1', labels('broadcast', 'broadcast'));
const bare = aPod('meho', 'bare');
const controller = aPod('ingress-nginx', 'controller');
const elsewhere = aPod('other', 'twin', labels('meho', 'backplane'));
const dns = aPod('kube-system', 'coredns', { 'k8s-app': 'kube-dns' });
const at = (ip: string): Endpoint => ({ kind: 'address', name: ip, ip });

function decide(
  from: typeof bare,
  to: Endpoint,
  port: number,
  more: { protocol?: 'TCP' | 'UDP' | 'SCTP'; values?: PolicyValues; facts?: ReleaseFacts } = {},
) {
  const target = aTarget({ endpoint: to, port, protocol: more.protocol ?? 'TCP' });
  const { allowed, rule } = declare(more.values ?? values, more.facts ?? facts)(aSource(from), target);
  return { allowed, rule };
}

describe('what the backplane and its migration may call', () => {
  test.each([
    ['Postgres', at('10.9.0.3'), 5432, 'TCP', 'egress to Postgres: 10.9.0.3/32, 5432/TCP'],
    ['Vault', at('10.9.0.4'), 8200, 'TCP', 'egress to Vault: 10.9.0.4/32, 8200/TCP'],
    ['Keycloak', at('10.9.0.5'), 443, 'TCP', 'egress to Keycloak: 10.9.0.5/32, 443/TCP'],
    ['cluster DNS', dns, 53, 'UDP', 'egress to cluster DNS: 53/UDP'],
  ] as const)('%s', (_, to, port, protocol, rule) => {
    expect(decide(backplane, to, port, { protocol })).toEqual({ allowed: true, rule });
    expect(decide(migration, to, port, { protocol })).toEqual({ allowed: true, rule });
  });

  test('the broadcast, which only the backplane may call', () => {
    expect(decide(backplane, broadcast, 6379)).toEqual({
      allowed: true,
      rule: 'ingress to the broadcast: from the backplane, 6379/TCP',
    });
    for (const other of [migration, bare, controller, elsewhere]) {
      expect(decide(other, broadcast, 6379)).toEqual({
        allowed: false,
        rule: 'default deny: the broadcast is reached by the backplane alone, on 6379/TCP',
      });
    }
  });

  test.each([
    ['a decoy in the same subnet', at('10.9.0.9'), 5432, 'TCP'],
    ['Postgres on another port', at('10.9.0.3'), 5433, 'TCP'],
    ['Postgres on Vault’s port', at('10.9.0.3'), 8200, 'TCP'],
    ['Postgres by UDP', at('10.9.0.3'), 5432, 'UDP'],
    ['Vault by SCTP', at('10.9.0.4'), 8200, 'SCTP'],
    ['cluster DNS by TCP', dns, 53, 'TCP'],
    ['another DNS server', at('10.9.0.9'), 53, 'UDP'],
    ['a pod that calls itself kube-dns elsewhere', aPod('meho', 'x', { 'k8s-app': 'kube-dns' }), 53, 'UDP'],
    ['the API server', at('172.18.0.2'), 6443, 'TCP'],
    ['the cloud metadata address', at('169.254.169.254'), 80, 'TCP'],
    ['an address of IPv6', at('fd00::3'), 5432, 'TCP'],
    ['another release’s broadcast', aPod('other', 'b', labels('broadcast', 'broadcast')), 6379, 'TCP'],
    ['a bare pod beside it', bare, 8080, 'TCP'],
  ] as const)('not %s', (_, to, port, protocol) => {
    const rule = `default deny: no egress rule of the backplane names ${port}/${protocol} of this host`;
    expect(decide(backplane, to, port, { protocol })).toEqual({ allowed: false, rule });
  });

  test('hosts that share a range are told apart by their ports alone', () => {
    const wide = {
      ...values,
      networkPolicy: { ...values.networkPolicy, postgresCIDR: '10.9.0.0/24', vaultCIDR: '10.9.0.0/24' },
    };
    expect(decide(backplane, at('10.9.0.77'), 5432, { values: wide }).allowed).toBe(true);
    expect(decide(backplane, at('10.9.0.77'), 8200, { values: wide }).allowed).toBe(true);
    expect(decide(backplane, at('10.9.0.77'), 443, { values: wide }).allowed).toBe(false);
  });

  test('without the broadcast there is no rule for it; on another port there is one for that', () => {
    const off = { ...values, broadcast: { ...values.broadcast, enabled: false } };
    const moved = { ...values, broadcast: { enabled: true, service: { port: 6380 } } };
    expect(decide(backplane, broadcast, 6379, { values: off }).allowed).toBe(false);
    expect(decide(backplane, broadcast, 6379, { values: moved }).allowed).toBe(false);
    expect(decide(backplane, broadcast, 6380, { values: moved }).allowed).toBe(true);
  });
});

describe('who may call the backplane', () => {
  test('the ingress controller’s namespace, on 8000', () => {
    expect(decide(controller, backplane, 8000)).toEqual({
      allowed: true,
      rule: 'ingress to the backplane: from namespace ingress-nginx, 8000/TCP',
    });
    expect(decide(controller, backplane, 9000).allowed).toBe(false);
    expect(decide(controller, backplane, 8000, { protocol: 'UDP' }).allowed).toBe(false);
  });
  test.each([
    ['a bare pod beside it', bare],
    ['its look-alike in another namespace', elsewhere],
    ['a namespace of a similar name', aPod('ingress-nginx-2', 'controller')],
    ['the broadcast', broadcast],
    ['the migration', migration],
  ])('not %s', (_, from) => expect(decide(from, backplane, 8000).allowed).toBe(false));
});

describe('which promise a flow hangs on', () => {
  const about = (from: typeof bare, to: Endpoint, port: number, protocol: 'TCP' | 'UDP' = 'TCP') =>
    declare(values, facts)(aSource(from), aTarget({ endpoint: to, port, protocol })).about;

  test.each([
    ['the backplane calls it', backplane, broadcast, 6379],
    ['the migration calls it', migration, broadcast, 6379],
    ['a bare pod calls it', bare, broadcast, 6379],
    ['anybody calls it elsewhere', controller, broadcast, 8000],
    ['it calls somebody', broadcast, at('10.9.0.9'), 443],
    ['it calls a bare pod', broadcast, bare, 8000],
  ] as const)('the broadcast’s where %s', (_, from, to, port) => expect(about(from, to, port)).toBe('broadcast'));

  test.each([
    ['cluster DNS by TCP', dns, 'TCP'],
    ['another DNS server', at('10.9.0.9'), 'UDP'],
    ['a pod that calls itself kube-dns elsewhere', aPod('meho', 'x', { 'k8s-app': 'kube-dns' }), 'UDP'],
  ] as const)('DNS’ where the backplane or its migration calls %s', (_, to, protocol) => {
    expect(about(backplane, to, 53, protocol)).toBe('dns');
    expect(about(migration, to, 53, protocol)).toBe('dns');
  });

  test.each([
    ['the backplane calls another port of the broadcast, which both close', backplane, broadcast, 8000],
    ['the broadcast calls the backplane, which both close', broadcast, backplane, 8000],
    ['the migration calls the backplane on DNS’ port, which both close', migration, backplane, 53],
    ['the backplane calls Postgres', backplane, at('10.9.0.3'), 5432],
    ['a bare pod calls the backplane', bare, backplane, 8000],
    ['a bare pod calls a DNS server', bare, at('10.9.0.9'), 53],
  ] as const)('no other’s than the matrix’ where %s', (_, from, to, port) =>
    expect(about(from, to, port)).toBeUndefined(),
  );

  test('nor where cluster DNS is to be open', () => expect(about(backplane, dns, 53, 'UDP')).toBeUndefined());
});

test('namespaces that a chart names beside the ingress controller’s may call the backplane as well', () => {
  const networkPolicy = { ...values.networkPolicy, ingestAllowedNamespaces: ['other', 'ingress-nginx'] };
  const more = { values: { ...values, networkPolicy } };
  expect(decide(elsewhere, backplane, 8000, more)).toEqual({
    allowed: true,
    rule: 'ingress to the backplane: from namespace other, 8000/TCP',
  });
  expect(decide(controller, backplane, 8000, more).allowed).toBe(true);
  expect(decide(elsewhere, backplane, 8001, more).allowed).toBe(false);
  expect(decide(elsewhere, broadcast, 6379, more).allowed).toBe(false);
  expect(decide(bare, backplane, 8000, more)).toEqual({
    allowed: false,
    rule: 'default deny: the backplane is reached from namespaces ingress-nginx, other alone, on 8000/TCP',
  });
});

test('the broadcast calls nobody', () => {
  expect(decide(broadcast, dns, 53, { protocol: 'UDP' })).toEqual({
    allowed: false,
    rule: 'default deny: the broadcast calls nobody',
  });
});

test('pods that aren’t the release’s go where they like', () => {
  for (const from of [bare, controller, elsewhere]) {
    expect(decide(from, at('10.9.0.9'), 5432).allowed).toBe(true);
  }
});

test('a pod reaches itself', () => {
  expect(decide(backplane, backplane, 9).allowed).toBe(true);
});

test('switched off, nothing is promised', () => {
  const off = { ...values, networkPolicy: { ...values.networkPolicy, enabled: false } };
  expect(decide(bare, broadcast, 6379, { values: off })).toEqual({
    allowed: true,
    rule: 'networkPolicy.enabled is false: the release restricts nothing',
  });
});

test('with the broadcast switched off, a pod labelled like it is anybody’s', () => {
  const off = { ...values, broadcast: { ...values.broadcast, enabled: false } };
  expect(decide(bare, broadcast, 6379, { values: off }).allowed).toBe(true);
  expect(decide(broadcast, at('10.9.0.9'), 443, { values: off }).allowed).toBe(true);
  expect(decide(backplane, broadcast, 6379, { values: off })).toEqual({
    allowed: false,
    rule: 'default deny: no egress rule of the backplane names 6379/TCP of this host',
  });
});

test('a pod that lost its labels, or went to the node’s network, is held to the same promise', () => {
  const drifted = { ...backplane, labels: {}, hostNetwork: true };
  const known = { ...facts, members: new Map([['meho/backplane-1', 'backplane'] as const]) };
  expect(decide(drifted, at('10.9.0.9'), 5432).allowed).toBe(true);
  expect(decide(drifted, at('10.9.0.9'), 5432, { facts: known }).allowed).toBe(false);
  expect(decide(bare, drifted, 8000, { facts: known }).allowed).toBe(false);
});

test.each([
  ['10.9.0.3/32', '10.9.0.3', true],
  ['10.9.0.3/32', '10.9.0.2', false],
  ['10.9.0.0/31', '10.9.0.1', true],
  ['10.9.0.0/31', '10.9.0.2', false],
  ['10.9.0.130/25', '10.9.0.255', true],
  ['10.9.0.130/25', '10.9.0.127', false],
  ['0.0.0.0/0', '255.255.255.255', true],
  ['255.255.255.255/32', '255.255.255.255', true],
  ['', '10.9.0.3', false],
  ['10.9.0.3', '10.9.0.3', false],
  ['10.9.0.3/33', '10.9.0.3', false],
  ['10.9.0.3/32', 'fd00::3', false],
  ['10.9.0.3/32', '10.9.0.300', false],
])('%s holds %s: %s', (cidr, ip, expected) => expect(inRange(cidr, ip)).toBe(expected));
