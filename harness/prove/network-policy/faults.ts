import { networkPolicies } from '../../kube/resource.ts';
import { type Fault, injected } from '../story.ts';
import { egressTo, ingressOn, rewritten } from './policies.ts';
import { hostNetworkPod, sceneAround, valuesInstead } from './scenery.ts';

/** Each rule of the chart's policies widened, narrowed or removed, and policies that don't hold where they should. */
export const faults: readonly Fault[] = [
  rewritten({
    id: 'cidr-too-wide',
    title: "Postgres' CIDR is a bit too wide: another host in the subnet is in it",
    says: /egress\[1\] \(to [\d.]+\/\d+, 5432\/TCP\) matches/,
    rewrite: async (spec, context) => {
      const { upstreams, hosts } = (await sceneAround(context)).scene;
      const [postgres, decoy] = [upstreams.find(({ id }) => id === 'postgres'), hosts.find(({ id }) => id === 'decoy')];
      const cidr = smallestAround(postgres?.ip ?? '', decoy?.ip ?? '');
      return egressTo(5432, (rule) => ({ ...rule, to: [{ ipBlock: { cidr } }] }))(spec);
    },
  }),
  rewritten({
    id: 'cidr-everything',
    title: "the OpenID provider's CIDR is everything",
    says: /egress\[3\] \(to 0\.0\.0\.0\/0, 443\/TCP\) matches/,
    rewrite: egressTo(443, (rule) => ({ ...rule, to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] })),
  }),
  rewritten({
    id: 'port-wrong',
    title: "Vault's rule names another port",
    says: /contract: egress to Vault.*misses by its port/,
    rewrite: egressTo(8200, (rule) => ({ ...rule, ports: [{ protocol: 'TCP', port: 8201 }] })),
  }),
  rewritten({
    id: 'port-missing',
    title: "Postgres' rule names no port",
    says: /egress\[1\] .*matches/,
    rewrite: egressTo(5432, ({ ports: _, ...rule }) => rule),
  }),
  rewritten({
    id: 'postgres-removed',
    title: "Postgres' rule is gone",
    says: /contract: egress to Postgres.*no rule of \S+\/meho matches/,
    rewrite: egressTo(5432, () => undefined),
  }),
  rewritten({
    id: 'broadcast-no-selector',
    title: "the broadcast's egress rule selects every pod of the namespace",
    says: /egress\[4\] .*6379\/TCP\) matches/,
    rewrite: egressTo(6379, (rule) => ({ ...rule, to: [{ podSelector: {} }] })),
  }),
  rewritten({
    id: 'broadcast-open',
    title: "the broadcast's own policy lets every pod of the namespace in",
    part: 'broadcast',
    says: /meho-broadcast ingress\[0\] .*matches/,
    rewrite: ingressOn(6379, (rule) => ({ ...rule, from: [{ podSelector: {} }] })),
  }),
  rewritten({
    id: 'ingress-typo',
    title: "the ingress controller's namespace has a typo",
    says: /contract: ingress to the backplane: from namespace.*ingress\[0\] .*misses by its peer/,
    rewrite: ingressOn(8000, (rule) => ({
      ...rule,
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'meho-ingres' } } }],
    })),
  }),
  rewritten({
    id: 'ingress-no-peer',
    title: 'the ingress rule names no peer',
    says: /meho ingress\[0\] .*matches/,
    rewrite: ingressOn(8000, ({ from: _, ...rule }) => rule),
  }),
  rewritten({
    id: 'dns-no-selector',
    title: 'the DNS rule names no peer',
    says: /meho egress\[0\] .*53\/UDP.*matches/,
    rewrite: egressTo(53, ({ to: _, ...rule }) => rule),
  }),
  rewritten({
    id: 'dns-any-namespace',
    title: 'the DNS rule takes any namespace',
    says: /meho egress\[0\] .*53\/UDP.*matches/,
    rewrite: egressTo(53, (rule) => ({
      ...rule,
      to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    })),
  }),
  rewritten({
    id: 'egress-type-missing',
    title: 'policyTypes names no egress, and there is no egress rule to imply it',
    says: /contract: default deny: .*egress: no policy selects the source/,
    rewrite: () => ({ policyTypes: ['Ingress'], egress: null }),
  }),
  rewritten({
    id: 'label-drifted',
    title: 'the policy selects a label that the pods no longer have',
    says: /contract: default deny: .*no policy selects the source/,
    rewrite: () => ({ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'meho-of-old' } } }),
    added: { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': null } } },
  }),
  {
    id: 'broadcast-rule-left',
    title: 'broadcast.enabled is false, and its egress rule is still there',
    expectRed: ['policy-matrix'],
    says: /meho egress\[4\] .*6379\/TCP\) matches/,
    inject: (context) =>
      valuesInstead(context, (values) => ({ ...values, broadcast: { ...values.broadcast, enabled: false } })),
  },
  {
    id: 'allow-all-beside',
    title: 'a policy beside it allows everything',
    expectRed: ['policy-matrix'],
    says: /allow-all egress\[0\] .*matches/,
    inject: async ({ environment: { api }, installed: { site } }) => {
      const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
      await api.create(networkPolicies, site.namespace, { metadata: { name: 'allow-all' }, spec });
      return injected(() => api.delete(networkPolicies, site.namespace, 'allow-all'));
    },
  },
  {
    id: 'host-network',
    title: "a pod of the release is on the node's network",
    expectRed: ['policy-matrix'],
    says: /is on the node's network, where no policy holds/,
    inject: hostNetworkPod,
  },
];

/** The narrowest CIDR with both addresses in it. */
export function smallestAround(a: string, b: string): string {
  const [from, to] = [numberOf(a), numberOf(b)];
  const prefix = Math.clz32(from ^ to);
  const network = prefix === 0 ? 0 : (from & (-1 << (32 - prefix))) >>> 0;
  return `${[24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.')}/${prefix}`;
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, octet) => ((sum << 8) | Number(octet)) >>> 0, 0);
}
