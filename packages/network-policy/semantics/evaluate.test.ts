import type { V1NetworkPolicy, V1NetworkPolicySpec } from '@kubernetes/client-node';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AddressEndpoint, Endpoint, EngineSemantics, PodEndpoint, Protocol } from './cluster-policies.ts';
import { evaluate } from './evaluate.ts';

const namespaces = [
  { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x', team: 'one' } },
  { name: 'y', labels: { 'kubernetes.io/metadata.name': 'y', team: 'two' } },
];

const pod = (namespace: string, name: string, extra: Partial<PodEndpoint> = {}): PodEndpoint => ({
  kind: 'pod',
  namespace,
  name,
  labels: { app: name },
  ip: `10.0.${namespace === 'x' ? 1 : 2}.${name.charCodeAt(0)}`,
  ports: [
    { name: 'web', number: 80, protocol: 'TCP' },
    { name: 'dns', number: 53, protocol: 'UDP' },
  ],
  hostNetwork: false,
  ...extra,
});

const a = pod('x', 'a');
const b = pod('x', 'b');
const ya = pod('y', 'a');
const outside: AddressEndpoint = { kind: 'address', name: 'outside', ip: '192.0.2.7' };

const policy = (spec: V1NetworkPolicySpec, name = 'p', namespace = 'x'): V1NetworkPolicy => ({
  metadata: { name, namespace },
  spec,
});

interface Question {
  readonly from?: Endpoint;
  readonly to?: Endpoint;
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly semantics?: EngineSemantics;
}

const decide = (policies: readonly V1NetworkPolicy[], question: Question = {}) =>
  evaluate(
    { namespaces, policies },
    { from: question.from ?? b, to: question.to ?? a, port: question.port ?? 80, protocol: question.protocol ?? 'TCP' },
    question.semantics ?? { ipBlockMatchesPods: false },
  );

const allowed = (spec: V1NetworkPolicySpec, question?: Question) => decide([policy(spec)], question).allowed;

const all = { podSelector: {} };

describe('isolation', () => {
  test('without a policy everything is open', () => expect(decide([]).allowed).toBe(true));
  test('an empty ingress policy closes ingress', () => expect(allowed({ ...all })).toBe(false));
  test('and leaves egress open', () => expect(allowed({ ...all }, { from: a, to: ya })).toBe(true));
  test('an empty ingress list closes it too', () => expect(allowed({ ...all, ingress: [] })).toBe(false));
  test('an empty ingress rule opens it to all', () =>
    expect(allowed({ ...all, ingress: [{}] }, { from: outside })).toBe(true));
  test('it isolates only its own namespace', () => expect(allowed({ ...all }, { to: ya })).toBe(true));
  test('it isolates only the pods that it selects', () =>
    expect(allowed({ podSelector: { matchLabels: { app: 'b' } } })).toBe(true));
  test('a pod on the node’s network is not isolated', () =>
    expect(allowed({ ...all }, { to: { ...a, hostNetwork: true } })).toBe(true));
  test('a pod always reaches itself', () => expect(allowed({ ...all }, { from: a, to: a })).toBe(true));
});

describe('policyTypes', () => {
  test('Egress alone leaves ingress open', () =>
    expect(allowed({ ...all, policyTypes: ['Egress'] }, { from: outside })).toBe(true));
  test('Egress without rules closes egress', () =>
    expect(allowed({ ...all, policyTypes: ['Egress'] }, { from: a, to: ya })).toBe(false));
  test('left out, egress rules make it an egress policy as well', () =>
    expect(allowed({ ...all, egress: [{ to: [{ podSelector: {} }] }] }, { from: a, to: ya })).toBe(false));
  test('left out without egress rules, it is ingress alone', () =>
    expect(allowed({ ...all, ingress: [{}] }, { from: a, to: ya })).toBe(true));
  test('egress rules of an Ingress policy mean nothing', () =>
    expect(allowed({ ...all, policyTypes: ['Ingress'], ingress: [{}], egress: [] }, { from: a, to: ya })).toBe(true));
});

describe('peers', () => {
  const from = (...peers: NonNullable<NonNullable<V1NetworkPolicySpec['ingress']>[number]['_from']>) => ({
    ...all,
    ingress: [{ _from: peers }],
  });
  test('a podSelector alone means the policy’s own namespace', () => {
    expect(allowed(from({ podSelector: { matchLabels: { app: 'b' } } }))).toBe(true);
    expect(allowed(from({ podSelector: {} }), { from: ya })).toBe(false);
  });
  test('a namespaceSelector alone means all its pods', () => {
    expect(allowed(from({ namespaceSelector: { matchLabels: { team: 'two' } } }), { from: ya })).toBe(true);
    expect(allowed(from({ namespaceSelector: { matchLabels: { team: 'two' } } }))).toBe(false);
  });
  test('an empty namespaceSelector means all namespaces, and no address', () => {
    expect(allowed(from({ namespaceSelector: {} }), { from: ya })).toBe(true);
    expect(allowed(from({ namespaceSelector: {} }), { from: outside })).toBe(false);
  });
  test('together in one peer they must both hold', () => {
    const both = from({
      namespaceSelector: { matchLabels: { team: 'two' } },
      podSelector: { matchLabels: { app: 'b' } },
    });
    expect(allowed(both, { from: ya })).toBe(false);
    expect(allowed(both, { from: pod('y', 'b') })).toBe(true);
  });
  test('apart in two peers one is enough', () => {
    const either = from(
      { namespaceSelector: { matchLabels: { team: 'two' } } },
      { podSelector: { matchLabels: { app: 'b' } } },
    );
    expect(allowed(either, { from: ya })).toBe(true);
    expect(allowed(either, { from: b })).toBe(true);
    expect(allowed(either, { from: pod('x', 'c') })).toBe(false);
  });
  test('an empty list of peers means everybody', () => expect(allowed(from(), { from: outside })).toBe(true));
  test('a pod on the node’s network is matched by address only', () => {
    const onNode = { ...b, hostNetwork: true, ip: '192.0.2.7' };
    expect(allowed(from({ podSelector: {} }), { from: onNode })).toBe(false);
    const byAddress = from({ ipBlock: { cidr: '192.0.2.0/24' } });
    expect(allowed(byAddress, { from: onNode, semantics: { ipBlockMatchesPods: true } })).toBe(true);
    expect(allowed(byAddress, { from: onNode, semantics: { ipBlockMatchesPods: false } })).toBe(false);
  });
  test('a node is of the cluster: whether an ipBlock matches it is the engine’s business', () => {
    const node: AddressEndpoint = { ...outside, name: 'node', isNode: true };
    const byAddress = { ...all, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] };
    const asked = { from: a, to: node };
    expect(allowed(byAddress, { ...asked, semantics: { ipBlockMatchesPods: true } })).toBe(true);
    expect(allowed(byAddress, { ...asked, semantics: { ipBlockMatchesPods: false } })).toBe(false);
    expect(allowed(byAddress, { from: a, to: outside, semantics: { ipBlockMatchesPods: false } })).toBe(true);
  });
});

describe('ipBlock', () => {
  const to = (cidr: string, except?: string[]) => ({
    ...all,
    policyTypes: ['Egress'],
    egress: [{ to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }] }],
  });
  test.each([
    ['192.0.2.0/24', undefined, true],
    ['192.0.2.7/32', undefined, true],
    ['192.0.2.6/32', undefined, false],
    ['0.0.0.0/0', undefined, true],
    ['192.0.2.0/24', ['192.0.2.7/32'], false],
    ['192.0.2.0/24', ['192.0.2.8/29'], true],
    ['::/0', undefined, false],
  ])('%s except %s lets 192.0.2.7: %s', (cidr, except, expected) => {
    expect(allowed(to(cidr, except), { from: a, to: outside })).toBe(expected);
  });
  test('whether it means pods is the engine’s choice', () => {
    expect(allowed(to('10.0.0.0/8'), { from: a, to: ya, semantics: { ipBlockMatchesPods: true } })).toBe(true);
    expect(allowed(to('10.0.0.0/8'), { from: a, to: ya, semantics: { ipBlockMatchesPods: false } })).toBe(false);
  });
});

describe('ports', () => {
  const on = (...ports: NonNullable<NonNullable<V1NetworkPolicySpec['ingress']>[number]['ports']>) => ({
    ...all,
    ingress: [{ ports }],
  });
  test.each([
    ['a number', on({ port: 80 }), { port: 80 }, true],
    ['another number', on({ port: 80 }), { port: 81 }, false],
    ['TCP is the default', on({ port: 80 }), { port: 80, protocol: 'UDP' as const }, false],
    ['a protocol without a port', on({ protocol: 'UDP' }), { port: 9999, protocol: 'UDP' as const }, true],
    ['a name', on({ port: 'web' }), { port: 80 }, true],
    ['a name of another protocol', on({ port: 'dns' }), { port: 53 }, false],
    ['a name with its protocol', on({ port: 'dns', protocol: 'UDP' }), { port: 53, protocol: 'UDP' as const }, true],
    ['a name that the pod lacks', on({ port: 'nope' }), { port: 80 }, false],
    ['the start of a range', on({ port: 80, endPort: 90 }), { port: 80 }, true],
    ['the end of a range', on({ port: 80, endPort: 90 }), { port: 90 }, true],
    ['after a range', on({ port: 80, endPort: 90 }), { port: 91 }, false],
    ['SCTP', on({ port: 80, protocol: 'SCTP' }), { port: 80, protocol: 'SCTP' as const }, true],
    ['an empty list', on(), { port: 4242 }, true],
  ])('%s', (_, spec, question, expected) => {
    expect(allowed(spec, question)).toBe(expected);
  });
  test('peer and port of one rule belong together', () => {
    const spec = {
      ...all,
      ingress: [{ _from: [{ podSelector: { matchLabels: { app: 'b' } } }], ports: [{ port: 80 }] }],
    };
    expect(allowed(spec, { port: 80 })).toBe(true);
    expect(allowed(spec, { port: 81 })).toBe(false);
    expect(allowed(spec, { from: pod('x', 'c'), port: 80 })).toBe(false);
  });
});

describe('expressions', () => {
  const selecting = (key: string, operator: string, values?: string[]) => ({
    ...all,
    ingress: [{ _from: [{ podSelector: { matchExpressions: [{ key, operator, ...(values ? { values } : {}) }] } }] }],
  });
  test.each([
    ['app', 'In', ['b', 'c'], true],
    ['app', 'In', ['c'], false],
    ['app', 'NotIn', ['b'], false],
    ['nope', 'NotIn', ['b'], true],
    ['app', 'Exists', undefined, true],
    ['nope', 'Exists', undefined, false],
    ['nope', 'DoesNotExist', undefined, true],
    ['app', 'DoesNotExist', undefined, false],
  ])('%s %s %s: %s', (key, operator, values, expected) => {
    expect(allowed(selecting(key, operator, values))).toBe(expected);
  });
});

describe('several policies', () => {
  const deny = policy({ ...all, policyTypes: ['Ingress', 'Egress'] }, 'deny');
  const admit = policy({ ...all, ingress: [{}], policyTypes: ['Ingress'] }, 'admit');
  test('what one allows, another can’t forbid', () => {
    expect(decide([deny, admit], { from: ya }).allowed).toBe(true);
  });
  test('both ends must let it pass', () => {
    const decision = decide([deny, admit]);
    expect(decision.allowed).toBe(false);
    expect(decision.egress).toEqual({ allowed: false, isolatedBy: ['x/deny'] });
    expect(decision.ingress).toEqual({ allowed: true, because: 'rule', rule: 'x/admit ingress[0]' });
  });
  test('their order means nothing, and one more policy that allows never closes anything', () => {
    const pool = [
      deny,
      admit,
      policy({ ...all, ingress: [{ ports: [{ port: 80 }] }] }, 'web'),
      policy({ podSelector: { matchLabels: { app: 'a' } }, egress: [{}], policyTypes: ['Egress'] }, 'out'),
    ];
    const questions = [b, ya, outside].flatMap((from) => [80, 81].map((port) => ({ from, port })));
    fc.assert(
      fc.property(fc.shuffledSubarray(pool), fc.shuffledSubarray(pool), (some, order) => {
        const same = order.filter((candidate) => some.includes(candidate));
        const reordered = [...same, ...some.filter((candidate) => !same.includes(candidate))];
        for (const question of questions) {
          expect(decide(reordered, question).allowed).toBe(decide(some, question).allowed);
        }
      }),
    );
  });
});
