import type {
  V1LabelSelector,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1NetworkPolicySpec,
} from '@kubernetes/client-node';
import fc from 'fast-check';

export const podNames = ['p', 'q', 'r'] as const;
export type PodName = (typeof podNames)[number];
export type Side = 'a' | 'b';
export const sideOf: Readonly<Record<PodName, Side>> = { p: 'a', q: 'a', r: 'b' };

type PortName = 'web' | 'dgram' | 'own';

/**
 * Container port names. Only the first pod has `own`, and only ingress rules draw it: some engines resolve an egress
 * rule's name on any pod, not the destination.
 */
export const namedPorts: Readonly<Record<PodName, Readonly<Partial<Record<PortName, number>>>>> = {
  p: { web: 8000, dgram: 8000, own: 8001 },
  q: { web: 8000, dgram: 8000 },
  r: { web: 8000, dgram: 8000 },
};

/** Symbolic addresses, known only on the cluster. */
export interface DrawnPolicy {
  readonly side: Side;
  readonly spec: DrawnSpec;
}

type DrawnSpec = Pick<V1NetworkPolicySpec, 'podSelector' | 'policyTypes'> & {
  readonly ingress?: readonly DrawnRule[];
  readonly egress?: readonly DrawnRule[];
};

export interface DrawnRule {
  readonly peers?: readonly DrawnPeer[];
  readonly ports?: readonly V1NetworkPolicyPort[];
}

type DrawnPeer = Omit<V1NetworkPolicyPeer, 'ipBlock'> & {
  readonly block?: { readonly of: Block; readonly except?: readonly (PodName | 'node')[] };
};

export type Block = PodName | 'node' | 'pods' | 'everything';

/** Fixed: an engine may be slow to notice changed labels. */
export type PodLabels = Readonly<Record<PodName, Readonly<Record<string, string>>>>;
export type DrawnPolicies = readonly DrawnPolicy[];

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Omits members that weren't drawn: absent and undefined serialize differently. */
function record<T extends object>(model: { [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> }): fc.Arbitrary<T> {
  const whole: fc.Arbitrary<object> = fc.record<object>(model);
  return whole.map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as T);
}

const app = fc.constantFrom('x', 'y', 'z');
const tier = fc.constantFrom('1', '2');
const labels = record<Record<string, string>>({ app: maybe(app), tier: maybe(tier) });

function selector(keys: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<V1LabelSelector> {
  const key = fc.constantFrom(...Object.keys(keys));
  const exact = key.chain((name) => (keys[name] ?? app).map((value) => ({ matchLabels: { [name]: value } })));
  const among = key.chain((name) =>
    fc
      .tuple(fc.constantFrom('In', 'NotIn'), fc.uniqueArray(keys[name] ?? app, { minLength: 1, maxLength: 2 }))
      .map(([operator, values]) => ({ matchExpressions: [{ key: name, operator, values }] })),
  );
  const there = fc
    .tuple(key, fc.constantFrom('Exists', 'DoesNotExist'))
    .map(([name, operator]) => ({ matchExpressions: [{ key: name, operator }] }));
  const both = fc.tuple(exact, fc.oneof(among, there)).map(([one, other]) => ({ ...one, ...other }));
  return fc.oneof(fc.constant<V1LabelSelector>({}), exact, exact, among, there, both);
}

const podSelector = selector({ app, tier });
const namespaceSelector = selector({ side: fc.constantFrom('a', 'b', 'c'), team: fc.constantFrom('blue', 'red') });

const block: fc.Arbitrary<DrawnPeer> = fc
  .oneof(
    fc.record({ of: fc.constantFrom<Block>(...podNames, 'node') }),
    record<{ of: Block; except?: readonly (PodName | 'node')[] }>({
      of: fc.constant<Block>('pods'),
      except: maybe(fc.uniqueArray(fc.constantFrom(...podNames), { minLength: 1, maxLength: 2 })),
    }),
    record<{ of: Block; except?: readonly (PodName | 'node')[] }>({
      of: fc.constant<Block>('everything'),
      except: maybe(
        fc.uniqueArray(fc.constantFrom<PodName | 'node'>(...podNames, 'node'), { minLength: 1, maxLength: 2 }),
      ),
    }),
  )
  .map((each) => ({ block: each }));

const peer: fc.Arbitrary<DrawnPeer> = fc.oneof(
  podSelector.map((each) => ({ podSelector: each })),
  namespaceSelector.map((each) => ({ namespaceSelector: each })),
  fc.record({ namespaceSelector, podSelector }),
  block,
);

const port: fc.Arbitrary<V1NetworkPolicyPort> = fc.oneof(
  record<Omit<V1NetworkPolicyPort, 'endPort'>>({
    port: fc.constantFrom(8000, 8001),
    protocol: maybe(fc.constantFrom('TCP', 'UDP')),
  }),
  fc.constantFrom<V1NetworkPolicyPort>(
    { port: 'web' },
    { port: 'web', protocol: 'TCP' },
    { port: 'dgram', protocol: 'UDP' },
    { port: 'nope' },
  ),
  fc.constantFrom<V1NetworkPolicyPort>(
    { port: 7999, endPort: 8000 },
    { port: 8000, endPort: 8001, protocol: 'TCP' },
    { port: 8001, endPort: 65535 },
    { port: 8000, endPort: 8000, protocol: 'UDP' },
  ),
  fc.constantFrom<V1NetworkPolicyPort>({ protocol: 'UDP' }, { protocol: 'TCP' }, {}),
);
const ingressPort = fc.oneof({ weight: 5, arbitrary: port }, { weight: 1, arbitrary: fc.constant({ port: 'own' }) });

const list = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(fc.constant(undefined), fc.constant<T[]>([]), fc.array(arbitrary, { minLength: 1, maxLength: 2 }));
const rule = (ports: typeof port) => record<DrawnRule>({ peers: list(peer), ports: list(ports) });
const policyTypes = fc.constantFrom<string[] | undefined>(undefined, ['Ingress'], ['Egress'], ['Ingress', 'Egress']);
const policy: fc.Arbitrary<DrawnPolicy> = fc.record({
  side: fc.constantFrom<Side>('a', 'b'),
  spec: record<DrawnSpec>({ podSelector, policyTypes, ingress: list(rule(ingressPort)), egress: list(rule(port)) }),
});

export const podLabels: fc.Arbitrary<PodLabels> = fc.record({ p: labels, q: labels, r: labels });
export const policies: fc.Arbitrary<DrawnPolicies> = fc.array(policy, { minLength: 1, maxLength: 4 });
