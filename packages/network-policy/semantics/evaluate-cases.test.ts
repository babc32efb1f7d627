import type { V1NetworkPolicy, V1NetworkPolicyPeer, V1NetworkPolicySpec } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { at, everybody, isOpen, namespaces, onA, reaching, x } from '../testing/flow-cases.ts';
import type { Endpoint } from './cluster-policies.ts';
import { evaluate } from './evaluate.ts';

/** From the Kubernetes documentation and public conformance suites. */

describe('who reaches x/a', () => {
  const from = (...peers: readonly V1NetworkPolicyPeer[]) => [x({ ...onA, ingress: [{ _from: [...peers] }] })];
  const among = (key: string, operator: string, ...values: readonly string[]) => ({
    matchExpressions: [{ key, operator, ...(values.length > 0 ? { values: [...values] } : {}) }],
  });
  test.each<[string, readonly V1NetworkPolicy[], readonly string[]]>([
    ['default deny of ingress', [x({ policyTypes: ['Ingress'] })], []],
    ['default deny of both', [x({ policyTypes: ['Ingress', 'Egress'] })], []],
    // Pods in x can't leave; the others can.
    ['default deny of egress', [x({ policyTypes: ['Egress'] })], everybody.filter((name) => !name.startsWith('x/'))],
    ['default allow of ingress', [x({ ingress: [{}], policyTypes: ['Ingress'] })], everybody],
    ['allow-all beside deny-all', [x({ policyTypes: ['Ingress'] }, 'deny'), x({ ingress: [{}] }, 'allow')], everybody],
    ['every namespace', from({ namespaceSelector: {} }), everybody],
    ['its own namespace', from({ podSelector: {} }), ['x/b', 'x/c']],
    ['one namespace', from({ namespaceSelector: { matchLabels: { ns: 'y' } } }), ['y/a', 'y/b', 'y/c']],
    [
      'a namespace by the label that every namespace has',
      from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'z' } } }),
      ['z/a', 'z/b', 'z/c'],
    ],
    ['namespaces by an expression', from({ namespaceSelector: among('ns', 'NotIn', 'x', 'y') }), ['z/a', 'z/b', 'z/c']],
    ['pods by an expression, of its own namespace', from({ podSelector: among('pod', 'In', 'b', 'zz') }), ['x/b']],
    [
      'pods and namespaces by expressions, together',
      from({ namespaceSelector: among('ns', 'NotIn', 'x'), podSelector: among('pod', 'In', 'b', 'c') }),
      ['y/b', 'y/c', 'z/b', 'z/c'],
    ],
    [
      'pods or namespaces, apart',
      from({ namespaceSelector: { matchLabels: { ns: 'y' } } }, { podSelector: { matchLabels: { pod: 'b' } } }),
      ['x/b', 'y/a', 'y/b', 'y/c'],
    ],
    [
      'an expression and a label, of which both must hold',
      from({ podSelector: { matchLabels: { pod: 'b' }, ...among('pod', 'NotIn', 'b') }, namespaceSelector: {} }),
      [],
    ],
    [
      'two expressions, of which both must hold',
      from({
        namespaceSelector: {},
        podSelector: {
          matchExpressions: [among('pod', 'Exists'), among('pod', 'NotIn', 'a', 'b')].flatMap(
            (each) => each.matchExpressions,
          ),
        },
      }),
      ['x/c', 'y/c', 'z/c'],
    ],
    ['a label that nobody has', from({ podSelector: { matchLabels: { pod: 'nobody' } }, namespaceSelector: {} }), []],
    [
      'policies that overlap: their union',
      [
        x({ ...onA, ingress: [{ _from: [{ podSelector: { matchLabels: { pod: 'b' } } }] }] }, 'one'),
        x({ ingress: [{ _from: [{ namespaceSelector: { matchLabels: { ns: 'z' } } }] }] }, 'two'),
      ],
      ['x/b', 'z/a', 'z/b', 'z/c'],
    ],
    [
      'a policy of another namespace',
      [{ metadata: { namespace: 'y', name: 'p' }, spec: { podSelector: {} } }].map((each) => ({
        ...each,
        spec: { ...each.spec, policyTypes: ['Ingress'] },
      })),
      everybody,
    ],
    ['a block that holds some pods', from({ ipBlock: { cidr: '10.0.1.0/24' } }), ['y/a', 'y/b', 'y/c']],
    ['a block but for one pod', from({ ipBlock: { cidr: '10.0.1.0/24', except: ['10.0.1.2/32'] } }), ['y/a', 'y/c']],
    [
      'what one block excepts, another one of the same rule allows',
      from({ ipBlock: { cidr: '10.0.1.0/24', except: ['10.0.1.2/32'] } }, { ipBlock: { cidr: '10.0.1.2/32' } }),
      ['y/a', 'y/b', 'y/c'],
    ],
    [
      'what one policy excepts, another one allows',
      [
        x({ ...onA, ingress: [{ _from: [{ ipBlock: { cidr: '10.0.1.0/24', except: ['10.0.1.0/30'] } }] }] }, 'one'),
        x({ ...onA, ingress: [{ _from: [{ ipBlock: { cidr: '10.0.1.3/32' } }] }] }, 'two'),
      ],
      ['y/c'],
    ],
  ])('%s', (_, policies, expected) => {
    expect(reaching('x/a', { policies })).toEqual(expected);
  });
});

describe('ports and protocols of x/a', () => {
  const on = (...ports: NonNullable<NonNullable<V1NetworkPolicySpec['ingress']>[number]['ports']>) => [
    x({ ...onA, ingress: [{ ports }] }),
  ];
  const open = (policies: readonly V1NetworkPolicy[]) =>
    [80, 81].flatMap((port) =>
      (['TCP', 'UDP', 'SCTP'] as const)
        .filter((protocol) => isOpen('y/a → x/a', { policies, port, protocol }))
        .map((protocol) => `${port}/${protocol}`),
    );
  test.each<[string, readonly V1NetworkPolicy[], readonly string[]]>([
    ['any port of one protocol', on({ protocol: 'TCP' }), ['80/TCP', '81/TCP']],
    ['SCTP is not taken for TCP', on({ port: 80, protocol: 'SCTP' }), ['80/SCTP']],
    ['UDP is not taken for TCP', on({ port: 80, protocol: 'UDP' }), ['80/UDP']],
    ['a name is of one protocol', on({ port: 'serve-81-udp', protocol: 'UDP' }), ['81/UDP']],
    ['a name with another protocol’s is nothing', on({ port: 'serve-81-udp', protocol: 'SCTP' }), []],
    ['numbers and names in one list', on({ port: 80 }, { port: 'serve-81-tcp' }), ['80/TCP', '81/TCP']],
    ['a range of one port', on({ port: 81, endPort: 81 }), ['81/TCP']],
    ['a range of UDP', on({ port: 1, endPort: 65535, protocol: 'UDP' }), ['80/UDP', '81/UDP']],
    ['a port without a number or a protocol is TCP', on({}), ['80/TCP', '81/TCP']],
    [
      'policies on two ports: both',
      [
        x({ ...onA, ingress: [{ ports: [{ port: 80 }] }] }, 'one'),
        x({ ...onA, ingress: [{ ports: [{ port: 81 }] }] }, 'two'),
      ],
      ['80/TCP', '81/TCP'],
    ],
    [
      'rules on two ports in one policy: both',
      [x({ ...onA, ingress: [{ ports: [{ port: 80 }] }, { ports: [{ port: 81, protocol: 'UDP' }] }] })],
      ['80/TCP', '81/UDP'],
    ],
  ])('%s', (_, policies, expected) => expect(open(policies)).toEqual(expected));
});

describe('where x/a may go', () => {
  const to = (peers: readonly V1NetworkPolicyPeer[], ...ports: readonly { port: number | string }[]) => [
    x({
      ...onA,
      policyTypes: ['Egress'],
      egress: [{ to: [...peers], ...(ports.length > 0 ? { ports: [...ports] } : {}) }],
    }),
  ];
  test('to one pod and nobody else', () => {
    const policies = to([{ podSelector: { matchLabels: { pod: 'b' } } }]);
    expect(isOpen('x/a → x/b', { policies })).toBe(true);
    expect(isOpen('x/a → x/c', { policies })).toBe(false);
    expect(isOpen('x/a → y/b', { policies })).toBe(false);
    expect(isOpen('x/b → x/c', { policies })).toBe(true);
    expect(isOpen('x/c → x/a', { policies })).toBe(true);
  });
  test('a named port is looked for at the pod that the packet goes to', () => {
    const policies = to([{ namespaceSelector: {} }], { port: 'serve-81-tcp' });
    expect(isOpen('x/a → y/b', { policies, port: 81 })).toBe(true);
    expect(isOpen('x/a → y/b', { policies, port: 80 })).toBe(false);
    expect(isOpen('x/a → outside', { policies: to([], { port: 'serve-81-tcp' }), port: 81 })).toBe(false);
  });
  test('to everything: an empty rule', () => {
    const policies = [x({ ...onA, policyTypes: ['Egress'], egress: [{}] })];
    expect(isOpen('x/a → outside', { policies })).toBe(true);
    expect(isOpen('x/a → z/c', { policies })).toBe(true);
  });
  test('allow-all beside a narrow rule', () => {
    const policies = [
      ...to([{ podSelector: { matchLabels: { pod: 'b' } } }]),
      x({ policyTypes: ['Egress'], egress: [{}] }, 'all'),
    ];
    expect(isOpen('x/a → outside', { policies })).toBe(true);
  });
  test('to a block but for a part of it, which another policy gives back', () => {
    const policies = to([{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.0/29'] } }]);
    expect(isOpen('x/a → outside', { policies })).toBe(false);
    const back = x(
      { ...onA, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '192.0.2.7/32' } }] }] },
      'back',
    );
    expect(isOpen('x/a → outside', { policies: [...policies, back] })).toBe(true);
  });
});

describe('both sides', () => {
  test('ingress and egress of one policy are apart', () => {
    const policies = [
      x({
        ...onA,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ _from: [{ podSelector: { matchLabels: { pod: 'b' } } }] }],
        egress: [{ to: [{ podSelector: { matchLabels: { pod: 'c' } } }] }],
      }),
    ];
    const asked = { policies };
    expect(isOpen('x/b → x/a', asked)).toBe(true);
    expect(isOpen('x/a → x/b', asked)).toBe(false);
    expect(isOpen('x/a → x/c', asked)).toBe(true);
    expect(isOpen('x/c → x/a', asked)).toBe(false);
  });
  test('the client’s side denies what the server’s side allows, and the other way round', () => {
    const admits = x({ ...onA, ingress: [{}] }, 'admits');
    const stays: V1NetworkPolicy = {
      metadata: { namespace: 'y', name: 'stays' },
      spec: { podSelector: {}, policyTypes: ['Egress'] },
    };
    expect(isOpen('y/a → x/a', { policies: [admits, stays] })).toBe(false);
    expect(isOpen('z/a → x/a', { policies: [admits, stays] })).toBe(true);
    const leaves: V1NetworkPolicy = { ...stays, spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] } };
    expect(isOpen('y/a → x/a', { policies: [x({ ...onA, policyTypes: ['Ingress'] }), leaves] })).toBe(false);
  });
});

describe('what changes is seen at once', () => {
  const byLabel = x({ ...onA, ingress: [{ _from: [{ namespaceSelector: { matchLabels: { ns2: 'new' } } }] }] });
  test('a namespace gets the label that is asked for', () => {
    const cluster = { namespaces, policies: [byLabel] };
    const flow = { from: at('y/a'), to: at('x/a'), port: 80, protocol: 'TCP' as const };
    const semantics = { ipBlockMatchesPods: true };
    expect(evaluate(cluster, flow, semantics).allowed).toBe(false);
    const labelled = namespaces.map((each) =>
      each.name === 'y' ? { ...each, labels: { ...each.labels, ns2: 'new' } } : each,
    );
    expect(evaluate({ ...cluster, namespaces: labelled }, flow, semantics).allowed).toBe(true);
  });
  test('a pod loses the label by which it is selected', () => {
    const policies = [x({ ...onA, policyTypes: ['Ingress'] })];
    const drifted = { ...at('x/a'), labels: {} } as Endpoint;
    const asked = { from: at('y/a'), port: 80, protocol: 'TCP' as const };
    const semantics = { ipBlockMatchesPods: true };
    expect(evaluate({ namespaces, policies }, { ...asked, to: at('x/a') }, semantics).allowed).toBe(false);
    expect(evaluate({ namespaces, policies }, { ...asked, to: drifted }, semantics).allowed).toBe(true);
  });
});

test('rules of a direction that policyTypes doesn’t name mean nothing, but where an engine has them count', () => {
  const policies = [x({ ...onA, policyTypes: ['Ingress'], ingress: [{}], egress: [{ ports: [{ port: 81 }] }] })];
  expect(isOpen('x/a → y/a', { policies })).toBe(true);
  const semantics = { ipBlockMatchesPods: true, rulesBeyondPolicyTypes: true };
  expect(isOpen('x/a → y/a', { policies, semantics })).toBe(false);
  expect(isOpen('x/a → y/a', { policies, semantics, port: 81 })).toBe(true);
});
