import { egressTo, type Rewritten } from './policies.ts';

const anywhere = [{ ipBlock: { cidr: '0.0.0.0/0' } }];
const tcp = (port: number) => [{ protocol: 'TCP', port }];

export const egressRewrites: readonly Rewritten[] = [
  {
    id: 'dns-no-selector',
    title: 'the DNS rule names no peer',
    red: ['policy-dns'],
    says: /meho egress\[0\] .*53\/UDP.*matches/,
    rewrite: egressTo(53, ({ to: _, ...rule }) => rule),
  },
  {
    id: 'dns-any-namespace',
    title: 'the DNS rule takes any namespace',
    red: ['policy-dns'],
    says: /meho egress\[0\] .*53\/UDP.*matches/,
    rewrite: egressTo(53, (rule) => ({
      ...rule,
      to: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
    })),
  },
  {
    id: 'dns-wrong-protocol',
    title: 'the DNS rule is one of TCP',
    red: ['policy-matrix', 'policy-dns'],
    says: /contract: egress to cluster DNS: 53\/UDP.*misses by its port/,
    rewrite: egressTo(53, (rule) => ({ ...rule, ports: tcp(53) })),
  },
  {
    id: 'dns-removed',
    title: 'the DNS rule is gone',
    says: /contract: egress to cluster DNS: 53\/UDP.*no rule of \S+\/meho matches/,
    rewrite: egressTo(53, () => undefined),
  },
  {
    id: 'cidr-too-wide',
    title: "Postgres' CIDR is a bit too wide: another host in the subnet is in it",
    says: /egress\[1\] \(to [\d.]+\/\d+, 5432\/TCP\) matches/,
    rewrite: (spec, { upstreams, hosts }) => {
      const [postgres, decoy] = [upstreams.find(({ id }) => id === 'postgres'), hosts.find(({ id }) => id === 'decoy')];
      const cidr = smallestAround(postgres?.ip ?? '', decoy?.ip ?? '');
      return egressTo(5432, (rule) => ({ ...rule, to: [{ ipBlock: { cidr } }] }))(spec);
    },
  },
  {
    id: 'port-missing',
    title: "Postgres' rule names no port",
    says: /egress\[1\] .*matches/,
    rewrite: egressTo(5432, ({ ports: _, ...rule }) => rule),
  },
  {
    id: 'postgres-removed',
    title: "Postgres' rule is gone",
    says: /contract: egress to Postgres.*no rule of \S+\/meho matches/,
    rewrite: egressTo(5432, () => undefined),
  },
  {
    id: 'vault-everything',
    title: "Vault's CIDR is everything",
    says: /egress\[2\] \(to 0\.0\.0\.0\/0, 8200\/TCP\) matches/,
    rewrite: egressTo(8200, (rule) => ({ ...rule, to: anywhere })),
  },
  {
    id: 'port-wrong',
    title: "Vault's rule names another port",
    says: /contract: egress to Vault.*misses by its port/,
    rewrite: egressTo(8200, (rule) => ({ ...rule, ports: tcp(8201) })),
  },
  {
    id: 'vault-removed',
    title: "Vault's rule is gone",
    says: /contract: egress to Vault.*no rule of \S+\/meho matches/,
    rewrite: egressTo(8200, () => undefined),
  },
  {
    id: 'cidr-everything',
    title: "the OpenID provider's CIDR is everything",
    says: /egress\[3\] \(to 0\.0\.0\.0\/0, 443\/TCP\) matches/,
    rewrite: egressTo(443, (rule) => ({ ...rule, to: anywhere })),
  },
  {
    id: 'openid-wrong-host',
    title: "the OpenID provider's CIDR is another host's",
    says: /contract: egress to Keycloak.*misses by its peer/,
    rewrite: egressTo(443, (rule) => ({ ...rule, to: [{ ipBlock: { cidr: '192.0.2.1/32' } }] })),
  },
  {
    id: 'openid-removed',
    title: "the OpenID provider's rule is gone",
    says: /contract: egress to Keycloak.*no rule of \S+\/meho matches/,
    rewrite: egressTo(443, () => undefined),
  },
  {
    id: 'broadcast-no-selector',
    title: "the broadcast's egress rule selects every pod of the namespace",
    says: /egress\[4\] .*6379\/TCP\) matches/,
    rewrite: egressTo(6379, (rule) => ({ ...rule, to: [{ podSelector: {} }] })),
  },
  {
    id: 'broadcast-port-wrong',
    title: "the broadcast's egress rule names another port",
    red: ['policy-broadcast'],
    says: /contract: ingress to the broadcast: from the backplane.*egress\[4\] .*misses by its port/,
    rewrite: egressTo(6379, (rule) => ({ ...rule, ports: tcp(6380) })),
  },
  {
    id: 'broadcast-removed',
    title: "the broadcast's egress rule is gone",
    red: ['policy-broadcast'],
    says: /contract: ingress to the broadcast: from the backplane.*egress: no rule of \S+\/meho matches/,
    rewrite: egressTo(6379, () => undefined),
  },
  {
    id: 'egress-type-missing',
    title: 'policyTypes names no egress, and there is no egress rule to imply it',
    says: /contract: default deny: .*egress: no policy selects the source/,
    rewrite: () => ({ policyTypes: ['Ingress'], egress: null }),
  },
];

export function smallestAround(a: string, b: string): string {
  const [from, to] = [numberOf(a), numberOf(b)];
  const prefix = Math.clz32(from ^ to);
  const network = prefix === 0 ? 0 : (from & (-1 << (32 - prefix))) >>> 0;
  return `${[24, 16, 8, 0].map((shift) => (network >>> shift) & 255).join('.')}/${prefix}`;
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, octet) => ((sum << 8) | Number(octet)) >>> 0, 0);
}
