import type { V1NetworkPolicy, V1NetworkPolicySpec } from '@kubernetes/client-node';
import type {
  AddressEndpoint,
  Endpoint,
  EngineSemantics,
  PodEndpoint,
  Protocol,
} from '../semantics/cluster-policies.ts';
import { evaluate } from '../semantics/evaluate.ts';

/** Three namespaces of three pods that serve 80 and 81 over TCP, UDP and SCTP. */
const names = ['x', 'y', 'z'] as const;
export const namespaces = names.map((name) => ({ name, labels: { 'kubernetes.io/metadata.name': name, ns: name } }));
export const pods: readonly PodEndpoint[] = names.flatMap((namespace, n) =>
  ['a', 'b', 'c'].map((name, p) => ({
    kind: 'pod' as const,
    namespace,
    name,
    labels: { pod: name },
    ip: `10.0.${n}.${p + 1}`,
    ports: [80, 81].flatMap((number) =>
      (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({
        name: `serve-${number}-${protocol.toLowerCase()}`,
        number,
        protocol,
      })),
    ),
    hostNetwork: false,
  })),
);
export const outside: AddressEndpoint = { kind: 'address', name: 'outside', ip: '192.0.2.7' };

export const at = (name: string): Endpoint => {
  const pod = pods.find((each) => `${each.namespace}/${each.name}` === name);
  return name === 'outside' ? outside : (pod ?? missing(name));
};

export interface FlowCase {
  readonly policies: readonly V1NetworkPolicy[];
  readonly port?: number;
  readonly protocol?: Protocol;
  readonly semantics?: EngineSemantics;
}

/** @param flow e.g. `x/a → y/b` */
export function isOpen(flow: string, { policies, port = 80, protocol = 'TCP', semantics }: FlowCase): boolean {
  const [from = '', to = ''] = flow.split(' → ');
  const asked = { from: at(from), to: at(to), port, protocol };
  return evaluate({ namespaces, policies, pods }, asked, semantics ?? { ipBlockMatchesPods: true }).allowed;
}

export function reaching(to: string, asked: FlowCase): readonly string[] {
  const all = pods.map(({ namespace, name }) => `${namespace}/${name}`);
  return all.filter((from) => from !== to && isOpen(`${from} → ${to}`, asked));
}

export const x = (spec: Partial<V1NetworkPolicySpec>, name = 'p'): V1NetworkPolicy => ({
  metadata: { namespace: 'x', name },
  spec: { podSelector: {}, ...spec },
});
export const onA = { podSelector: { matchLabels: { pod: 'a' } } };
export const everybody = ['x/b', 'x/c', 'y/a', 'y/b', 'y/c', 'z/a', 'z/b', 'z/c'];

function missing(name: string): never {
  throw new Error(`there is no ${name}`);
}
