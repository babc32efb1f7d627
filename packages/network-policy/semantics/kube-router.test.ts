import type { V1NetworkPolicy, V1NetworkPolicySpec } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { at, isOpen, namespaces, onA, pods, x } from '../testing/flow-cases.ts';
import { isUndecided } from './evaluate.ts';

/** By the API, and by kube-router 2.1.0. */
function readings(flow: string, policies: readonly V1NetworkPolicy[], port = 80) {
  const open = (reading?: 'least') =>
    isOpen(flow, {
      policies,
      port,
      semantics: { ipBlockMatchesPods: true, ...(reading === undefined ? {} : { reading }) },
    });
  return [open(), open('least')];
}
const openedBy = [false, true];
const asTheApi = (allowed: boolean) => [allowed, allowed];

const pod = (name: string) => ({ podSelector: { matchLabels: { pod: name } } });
const egress = (...rules: NonNullable<V1NetworkPolicySpec['egress']>) => [
  x({ ...onA, policyTypes: ['Egress'], egress: rules }),
];
const ingress = (...rules: NonNullable<V1NetworkPolicySpec['ingress']>) => [x({ ...onA, ingress: rules })];
const nobodys = [{ port: 'nobody-has-it' }];

describe('named ports', () => {
  test('one that no selected pod declares opens all ports to pods that are peers', () => {
    expect(readings('x/a → x/b', egress({ to: [pod('b')], ports: nobodys }), 81)).toEqual(openedBy);
    expect(readings('x/b → x/a', ingress({ _from: [pod('b')], ports: nobodys }), 81)).toEqual(openedBy);
    expect(readings('x/a → x/c', egress({ to: [pod('b')], ports: nobodys }), 81)).toEqual(asTheApi(false));
  });
  test.each([
    ['a number beside it', [...nobodys, { port: 80 }]],
    ['a name beside it that is declared', [...nobodys, { port: 'serve-80-tcp' }]],
  ])('%s keeps it at that', (_, ports) => {
    expect(readings('x/a → x/b', egress({ to: [pod('b')], ports }), 81)).toEqual(asTheApi(false));
    expect(readings('x/a → x/b', egress({ to: [pod('b')], ports }), 80)).toEqual(asTheApi(true));
  });
  test('without peers, one that nobody declares opens nothing', () => {
    expect(readings('x/a → x/b', egress({ ports: nobodys }))).toEqual(asTheApi(false));
    expect(readings('x/b → x/a', ingress({ ports: nobodys }))).toEqual(asTheApi(false));
  });
  test('in egress without peers its number is open to everybody, in ingress on who declares it', () => {
    const named = [{ port: 'serve-80-tcp' }];
    expect(readings('x/a → outside', egress({ ports: named }))).toEqual(openedBy);
    expect(readings('x/a → outside', egress({ ports: named }), 81)).toEqual(asTheApi(false));
    expect(readings('outside → x/a', ingress({ ports: named }))).toEqual(asTheApi(true));
  });
  test('in egress to addresses it is not looked at', () => {
    const rule = { to: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 'serve-80-tcp' }] };
    expect(readings('x/a → x/b', egress(rule))).toEqual([true, false]);
  });
});

describe('the blocks of a rule are one set', () => {
  const from = (...blocks: readonly { readonly cidr: string; readonly except?: string[] }[]) =>
    ingress({ _from: blocks.map((ipBlock) => ({ ipBlock })) });
  test('an exception of one cuts a wider other', () => {
    const blocks = from({ cidr: '10.0.0.0/16', except: ['10.0.1.1/32'] }, { cidr: '10.0.1.0/24' });
    expect(readings('y/a → x/a', blocks)).toEqual([true, false]);
    expect(readings('y/b → x/a', blocks)).toEqual(asTheApi(true));
  });
  test('a narrower other stays', () => {
    const blocks = from({ cidr: '10.0.0.0/16', except: ['10.0.1.0/24'] }, { cidr: '10.0.1.1/32' });
    expect(readings('y/a → x/a', blocks)).toEqual(asTheApi(true));
    expect(readings('y/b → x/a', blocks)).toEqual(asTheApi(false));
  });
  test('the same network in and out is decided by nobody, and another rule is another set', () => {
    const blocks = [{ cidr: '10.0.0.0/16', except: ['10.0.1.1/32'] }, { cidr: '10.0.1.1/32' }];
    const flow = { from: at('y/a'), to: at('x/a'), port: 80, protocol: 'TCP' } as const;
    const semantics = { ipBlockMatchesPods: true, reading: 'least' } as const;
    expect(isUndecided({ namespaces, policies: from(...blocks), pods }, flow, semantics)).toBe(true);
    const apart = ingress(...blocks.map((ipBlock) => ({ _from: [{ ipBlock }] })));
    expect(isUndecided({ namespaces, policies: apart, pods }, flow, semantics)).toBe(false);
    expect(isUndecided({ namespaces, policies: from(...blocks), pods }, flow, { ipBlockMatchesPods: true })).toBe(
      false,
    );
    expect(readings('y/a → x/a', apart)).toEqual(asTheApi(true));
  });
});

describe('a policy of both types is asked about every packet', () => {
  const inside = { _from: [{ podSelector: {} }] };
  test('its ingress rules let out what goes from one selected pod to another', () => {
    const both = [x({ policyTypes: ['Ingress', 'Egress'], ingress: [inside] })];
    expect(readings('x/a → x/b', both)).toEqual(openedBy);
    expect(readings('x/a → y/b', both)).toEqual(asTheApi(false));
  });
  test('of two policies, each of one type, neither does', () => {
    const apart = [x({ ingress: [inside] }), x({ policyTypes: ['Egress'] }, 'q')];
    expect(readings('x/a → x/b', apart)).toEqual(asTheApi(false));
  });
});

test('a name is open on a pod that shares another port with one that has it, or is not: that is undecided', () => {
  const odd = pods.map((each) =>
    each.name === 'b' ? { ...each, ports: each.ports.filter(({ number }) => number === 81) } : each,
  );
  const policies = [x({ ingress: [{ ports: [{ port: 'serve-80-tcp' }] }] })];
  const [to] = odd.filter(({ namespace, name }) => namespace === 'x' && name === 'b');
  const ask = (port: number) =>
    isUndecided(
      { namespaces, policies, pods: odd },
      { from: at('y/a'), to: to ?? at('none'), port, protocol: 'TCP' },
      { ipBlockMatchesPods: true, reading: 'least' },
    );
  expect([ask(80), ask(81)]).toEqual([true, false]);
});
