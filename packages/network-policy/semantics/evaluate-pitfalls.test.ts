import type { V1NetworkPolicy, V1NetworkPolicyPeer } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { at, type FlowCase, isOpen, namespaces, onA, outside, reaching, x } from '../testing/flow-cases.ts';
import type { Endpoint, Protocol } from './cluster-policies.ts';
import { evaluate } from './evaluate.ts';

describe('where evaluators go wrong', () => {
  const asked = (policies: readonly V1NetworkPolicy[], more: Partial<FlowCase> = {}): FlowCase => ({
    policies,
    ...more,
  });
  const labelled = (labels: Record<string, string>) => ({ ...at('y/b'), labels }) as Endpoint;
  const opens = (policies: readonly V1NetworkPolicy[], from: Endpoint, port = 80, protocol: Protocol = 'TCP') =>
    evaluate({ namespaces, policies }, { from, to: at('x/a'), port, protocol }, { ipBlockMatchesPods: true }).allowed;
  const ingress = (...peers: readonly V1NetworkPolicyPeer[]) => [x({ ...onA, ingress: [{ _from: [...peers] }] })];

  test('no peers at all, written as an empty list or left out, means everybody; no rules at all means nobody', () => {
    expect(opens([x({ ...onA, ingress: [{ _from: [] }] })], outside)).toBe(true);
    expect(opens([x({ ...onA, ingress: [{}] })], outside)).toBe(true);
    expect(opens([x({ ...onA, ingress: [] })], outside)).toBe(false);
    expect(opens([x(onA)], outside)).toBe(false);
  });
  test('a list of egress rules that is there and empty implies no Egress in policyTypes', () => {
    expect(isOpen('x/a → y/b', asked([x({ ...onA, egress: [] })]))).toBe(true);
    expect(isOpen('y/b → x/a', asked([x({ ...onA, egress: [] })]))).toBe(false);
    expect(isOpen('x/a → y/b', asked([x({ ...onA, policyTypes: [], egress: [{ ports: [{ port: 81 }] }] })]))).toBe(
      false,
    );
  });
  test('an egress policy without policyTypes closes ingress as well', () => {
    expect(isOpen('y/b → x/a', asked([x({ ...onA, egress: [{}] })]))).toBe(false);
  });
  test('an empty namespaceSelector beside a podSelector is these pods everywhere, and not every pod', () => {
    const policies = ingress({ namespaceSelector: {}, podSelector: { matchLabels: { pod: 'b' } } });
    expect(reaching('x/a', asked(policies))).toEqual(['x/b', 'y/b', 'z/b']);
  });
  test('an empty podSelector beside a namespaceSelector is all pods there, and none of the policy’s own namespace', () => {
    const policies = ingress({ namespaceSelector: { matchLabels: { ns: 'y' } }, podSelector: {} });
    expect(reaching('x/a', asked(policies))).toEqual(['y/a', 'y/b', 'y/c']);
  });
  test.each([
    ['NotIn', ['b'], { pod: 'b' }, false],
    ['NotIn', ['b'], { pod: '' }, true],
    ['NotIn', ['b'], {}, true],
    ['In', [''], { pod: '' }, true],
    ['In', [''], {}, false],
    ['Exists', undefined, { pod: '' }, true],
    ['DoesNotExist', undefined, { pod: '' }, false],
    ['DoesNotExist', undefined, {}, true],
  ] as const)('pod %s %j of a pod labelled %j: %s', (operator, values, labels, expected) => {
    const expression = { key: 'pod', operator, ...(values === undefined ? {} : { values: [...values] }) };
    const policies = ingress({ namespaceSelector: {}, podSelector: { matchExpressions: [expression] } });
    expect(opens(policies, labelled(labels))).toBe(expected);
  });
  test('a label called like something that every object has is not there', () => {
    const policies = ingress({
      namespaceSelector: {},
      podSelector: { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
    });
    expect(opens(policies, labelled({ pod: 'b' }))).toBe(false);
  });
  test('an operator that no API server lets in is no match and no mismatch', () => {
    const policies = ingress({ podSelector: { matchExpressions: [{ key: 'pod', operator: 'Like' }] } });
    expect(() => opens(policies, at('x/b'))).toThrow('Like');
  });
  test('a pod in a namespace that is gone from the list is in no namespaceSelector', () => {
    const elsewhere = { ...at('y/b'), namespace: 'nowhere' } as Endpoint;
    expect(opens(ingress({ namespaceSelector: {} }), elsewhere)).toBe(false);
  });
  test('an ipBlock means a pod’s address where the engine has it so, and its exceptions are held', () => {
    const policies = ingress({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.1.0/24'] } });
    expect(opens(policies, at('z/b'))).toBe(true);
    expect(opens(policies, at('y/b'))).toBe(false);
    const flow = { from: at('z/b'), to: at('x/a'), port: 80, protocol: 'TCP' as const };
    expect(evaluate({ namespaces, policies }, flow, { ipBlockMatchesPods: false }).allowed).toBe(false);
  });
  test.each([
    ['fd00::/64', undefined, 'fd00::7', true],
    ['fd00::/64', ['fd00::/120'], 'fd00::7', false],
    ['fd00::/64', ['fd00::/120'], 'fd00::1:7', true],
    ['::/0', undefined, 'fd00::7', true],
    ['::/0', undefined, '192.0.2.7', false],
    ['0.0.0.0/0', undefined, 'fd00::7', false],
    ['0.0.0.0/0', undefined, '::ffff:192.0.2.7', false],
    ['fd00::/61', undefined, 'fd00:0:0:7::1', true],
    ['fd00::/61', undefined, 'fd00:0:0:8::1', false],
    ['192.0.2.1/31', undefined, '192.0.2.0', true],
  ])('%s except %j has %s: %s', (cidr, except, ip, expected) => {
    const block = { cidr, ...(except === undefined ? {} : { except }) };
    expect(opens(ingress({ ipBlock: block }), { ...outside, ip })).toBe(expected);
  });
  test('SCTP and UDP are never what a port without a protocol means', () => {
    const policies = [x({ ...onA, ingress: [{ ports: [{ port: 80 }, {}] }] })];
    expect(opens(policies, at('y/b'), 80, 'SCTP')).toBe(false);
    expect(opens(policies, at('y/b'), 80, 'UDP')).toBe(false);
    expect(opens(policies, at('y/b'), 4242, 'TCP')).toBe(true);
  });
  test('an endPort that no API server lets in widens nothing', () => {
    expect(opens([x({ ...onA, ingress: [{ ports: [{ port: 80, endPort: 79 }] }] })], at('y/b'))).toBe(false);
    const named = [x({ ...onA, ingress: [{ ports: [{ port: 'serve-80-tcp', endPort: 90 }] }] })];
    expect([80, 81].map((port) => opens(named, at('y/b'), port))).toEqual([true, false]);
  });
  test('a port’s name on egress is the one of whom it goes to, not of whom it comes from', () => {
    const renamed = { ...at('y/b'), ports: [{ name: 'other', number: 80, protocol: 'TCP' }] } as Endpoint;
    const policies = [
      x({
        ...onA,
        policyTypes: ['Egress'],
        egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 'serve-80-tcp' }] }],
      }),
    ];
    const flow = { from: at('x/a'), to: renamed, port: 80, protocol: 'TCP' as const };
    expect(evaluate({ namespaces, policies }, flow, { ipBlockMatchesPods: true }).allowed).toBe(false);
  });
  test('a port’s name stands for each port of that name: two containers may each have one', () => {
    const twice = {
      ...at('x/a'),
      ports: [80, 81].map((number) => ({ name: 'web', number, protocol: 'TCP' })),
    } as Endpoint;
    const policies = [x({ ...onA, ingress: [{ ports: [{ port: 'web' }] }] })];
    const open = [80, 81, 82].filter(
      (port) =>
        evaluate(
          { namespaces, policies },
          { from: at('y/b'), to: twice, port, protocol: 'TCP' },
          { ipBlockMatchesPods: true },
        ).allowed,
    );
    expect(open).toEqual([80, 81]);
  });
  test('a pod on the node’s network is selected by nothing: neither as whom a policy holds nor as a peer', () => {
    const onNode = { ...at('x/b'), hostNetwork: true, ip: '172.18.0.2' } as Endpoint;
    expect(opens(ingress({ podSelector: {} }, { namespaceSelector: {} }), onNode)).toBe(false);
    expect(opens(ingress({ ipBlock: { cidr: '172.18.0.2/32' } }), onNode)).toBe(true);
    const flow = { from: onNode, to: at('y/b'), port: 80, protocol: 'TCP' as const };
    const policies = [x({ policyTypes: ['Ingress', 'Egress'] })];
    expect(evaluate({ namespaces, policies }, flow, { ipBlockMatchesPods: true }).allowed).toBe(true);
  });
  test('a pod whose namesake is in another namespace is not itself', () => {
    expect(isOpen('y/a → x/a', asked([x({ ...onA })]))).toBe(false);
    expect(isOpen('x/a → x/a', asked([x({ ...onA, policyTypes: ['Ingress', 'Egress'] })]))).toBe(true);
  });
});
