import { expect, test } from 'vitest';
import { engineSemanticsOf, podEndpoint } from './read-cluster-policies.ts';

const metadata = { namespace: 'meho', name: 'backplane', labels: { app: 'x' } };
const running = { phase: 'Running', podIP: '10.42.0.7', podIPs: [{ ip: '10.42.0.7' }] };

test('a pod that runs is an endpoint, with the ports that policies name', () => {
  const spec = {
    containers: [
      { name: 'a', ports: [{ name: 'web', containerPort: 8000 }] },
      {
        name: 'b',
        ports: [
          { containerPort: 53, protocol: 'UDP' },
          { containerPort: 9, protocol: 'SCTP' },
        ],
      },
    ],
  };
  expect(podEndpoint({ metadata, spec, status: running })).toEqual({
    kind: 'pod',
    namespace: 'meho',
    name: 'backplane',
    labels: { app: 'x' },
    ip: '10.42.0.7',
    ports: [
      { name: 'web', number: 8000, protocol: 'TCP' },
      { number: 53, protocol: 'UDP' },
      { number: 9, protocol: 'SCTP' },
    ],
    hostNetwork: false,
  });
});

test.each([
  ['has succeeded: its address may be another pod’s by now', { status: { ...running, phase: 'Succeeded' } }],
  ['has failed', { status: { ...running, phase: 'Failed' } }],
  ['has no address yet', { status: { phase: 'Pending' } }],
  ['is on its way out', { status: running, metadata: { ...metadata, deletionTimestamp: '2026-01-02T03:04:05Z' } }],
])('one that %s is none', (_, over) => expect(podEndpoint({ metadata, ...over })).toBeUndefined());

test('the second address of a pod with both families is its IPv6', () => {
  const status = { ...running, podIPs: [{ ip: '10.42.0.7' }, { ip: 'fd00::7' }] };
  expect(podEndpoint({ metadata, status })).toMatchObject({ ip: '10.42.0.7', ip6: 'fd00::7' });
  const single = { ...running, podIP: 'fd00::7', podIPs: [{ ip: 'fd00::7' }] };
  expect(podEndpoint({ metadata, status: single })).not.toHaveProperty('ip6');
});

test('a pod on the node’s network is told as such', () => {
  expect(podEndpoint({ metadata, status: running, spec: { hostNetwork: true, containers: [] } })?.hostNetwork).toBe(
    true,
  );
});

test.each([
  ['cilium', { ipBlockMatchesPods: false, rulesBeyondPolicyTypes: true }],
  ['kube-router', { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: false }],
  ['unknown', { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: false }],
  ['kube-router 2.1.0', { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: false, reading: 'least' }],
  ['kube-router v2.1.0', { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: false, reading: 'least' }],
  ['kube-router 2.6.1', { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: false }],
] as const)('%s decides the semantics by what it is, whatever a report calls it', (engine, semantics) => {
  const [kind, version] = engine.split(' ') as ['cilium' | 'kube-router' | 'unknown', string | undefined];
  const titled = {
    kind,
    ...(version === undefined ? {} : { version }),
    title: 'not known: DaemonSets can\'t be listed (User "cilium-reader" may not)',
  };
  expect(engineSemanticsOf(titled)).toEqual(semantics);
});
