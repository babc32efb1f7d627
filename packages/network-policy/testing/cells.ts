import type { V1NetworkPolicy } from '@kubernetes/client-node';
import type { Cell, Control, Matrix, Observed, ProbeAnswer, Source, Target } from '../matrix.ts';
import type { PodEndpoint } from '../semantics/cluster-policies.ts';

export function aPod(namespace: string, name: string, labels: Readonly<Record<string, string>> = {}): PodEndpoint {
  return { kind: 'pod', namespace, name, labels, ip: '10.42.0.7', ports: [], hostNetwork: false };
}

export function aSource(pod: PodEndpoint): Source {
  return { id: `${pod.namespace}-${pod.name}`, title: `${pod.name} pod`, pod };
}

export function aTarget(over: Partial<Target> = {}): Target {
  const endpoint = over.endpoint ?? ({ kind: 'address', name: 'postgres', ip: '10.9.0.3' } as const);
  const port = over.port ?? 5432;
  return {
    id: `${endpoint.name}-${port}`,
    title: `${endpoint.name} ${port}`,
    host: endpoint.ip,
    reachedBy: 'address',
    port,
    protocol: 'TCP',
    endpoint,
    endpointPort: port,
    ...over,
  };
}

export function seen(answer: ProbeAnswer, evidence = `agnhost connect: ${answer.toUpperCase()}`): Observed {
  return { answer, tookMs: 12, evidence };
}

const dns = { protocol: 'UDP', port: 53 };

export function control(kind: Control['kind'], answer: ProbeAnswer = 'connected'): Control {
  const title = kind === 'witness' ? 'a pod that nothing restricts' : `without the release's policies, ${kind}`;
  return { kind, title, ...seen(answer, '') };
}

const thePolicy: V1NetworkPolicy = {
  metadata: { namespace: 'meho', name: 'meho' },
  spec: {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [
      { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }], ports: [dns] },
      { to: [{ ipBlock: { cidr: '10.9.0.3/32' } }], ports: [{ protocol: 'TCP', port: 5432 }] },
    ],
  },
};

/** All three tables say open, unless overridden. */
export function aCell(over: Partial<Cell> = {}): Cell {
  return {
    source: aSource(aPod('meho', 'backplane')),
    target: aTarget(),
    declared: { allowed: true, rule: 'egress to Postgres: 10.9.0.3/32, 5432/TCP' },
    computed: {
      allowed: true,
      egress: { allowed: true, because: 'rule', rule: 'meho/meho egress[1]' },
      ingress: { allowed: true, because: 'not isolated' },
    },
    observed: seen('connected', ''),
    controls: [control('before'), control('after')],
    ...over,
  };
}

/** All three tables say closed, with controls. */
export function aDenial(over: Partial<Cell> = {}): Cell {
  return aCell({
    target: aTarget({ port: 5433 }),
    declared: { allowed: false, rule: 'default deny: no egress rule of the backplane names 5433/TCP of this host' },
    computed: {
      allowed: false,
      egress: { allowed: false, isolatedBy: ['meho/meho'] },
      ingress: { allowed: true, because: 'not isolated' },
    },
    observed: seen('refused', 'REFUSED'),
    ...over,
  });
}

export function aMatrix(cells: readonly Cell[], over: Partial<Matrix> = {}): Matrix {
  return {
    cells,
    policies: { namespaces: [{ name: 'meho', labels: {} }], policies: [thePolicy] },
    semantics: { ipBlockMatchesPods: true },
    probes: cells.length * 3,
    startedAt: '2026-01-02T03:04:05.000Z',
    tookMs: 1234,
    skipped: [],
    lost: [],
    ...over,
  };
}
