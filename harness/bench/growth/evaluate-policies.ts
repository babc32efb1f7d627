import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { out } from '@meho/core/report/output';
import type { PodEndpoint } from '@meho/network-policy/semantics/cluster-policies';
import type { evaluate as Evaluate } from '@meho/network-policy/semantics/evaluate';

/** Evaluates 5,000 flows by the sources of the tree in the first argument, among as many policies as the second says. */
const [tree = '', told = ''] = process.argv.slice(2);
const module = path.join(tree, 'packages/network-policy/semantics/evaluate.ts');
const { evaluate } = (await import(pathToFileURL(module).href)) as { readonly evaluate: typeof Evaluate };

const flows = 5_000;
const perNamespace = 10;
const count = Number(told);
const namespaces = Array.from({ length: 100 }, (_, index) => ({
  name: `lab-${index}`,
  labels: { 'kubernetes.io/metadata.name': `lab-${index}`, tier: `t${index % 7}` },
}));
const pods: readonly PodEndpoint[] = namespaces.flatMap(({ name }, n) =>
  Array.from({ length: perNamespace }, (_, p) => ({
    kind: 'pod' as const,
    namespace: name,
    name: `pod-${p}`,
    labels: { app: `app-${p}` },
    ip: `10.${n}.0.${p + 1}`,
    ports: [{ name: 'http', number: 8000, protocol: 'TCP' as const }],
    hostNetwork: false,
  })),
);
const policies = Array.from({ length: count }, (_, index): V1NetworkPolicy => {
  const peers = [
    {
      namespaceSelector: { matchLabels: { tier: `t${index % 7}` } },
      podSelector: { matchLabels: { app: `app-${index % perNamespace}` } },
    },
    { ipBlock: { cidr: `10.${index % 100}.0.0/16` } },
  ];
  return {
    metadata: { namespace: `lab-${index % 100}`, name: `policy-${index}` },
    spec: {
      podSelector: index % 3 === 0 ? {} : { matchLabels: { app: `app-${index % perNamespace}` } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ _from: peers, ports: [{ port: 8000 }] }],
      egress: [{ to: peers, ports: [{ port: 8000 }] }],
    },
  };
});

let open = 0;
for (let index = 0; index < flows; index += 1) {
  const [from, to] = [pods[index % pods.length], pods[(index * 37 + 11) % pods.length]];
  if (from !== undefined && to !== undefined) {
    const flow = { from, to, port: 8000, protocol: 'TCP' as const };
    open += evaluate({ namespaces, policies, pods }, flow, { ipBlockMatchesPods: true }).allowed ? 1 : 0;
  }
}
out(`${flows} flows, ${open} open\n`);
