import { ingressOn, type Rewritten } from './policies.ts';

/** Also changes which pods the policies select. */
export const ingressRewrites: readonly Rewritten[] = [
  {
    id: 'ingress-no-peer',
    title: 'the ingress rule names no peer',
    says: /meho ingress\[0\] .*matches/,
    rewrite: ingressOn(8000, ({ from: _, ...rule }) => rule),
  },
  {
    id: 'ingress-typo',
    title: "the ingress controller's namespace has a typo",
    says: /contract: ingress to the backplane: from namespace.*ingress\[0\] .*misses by its peer/,
    rewrite: ingressOn(8000, (rule) => ({
      ...rule,
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'meho-ingres' } } }],
    })),
  },
  {
    id: 'ingress-port-missing',
    title: 'the ingress rule names no port',
    says: /contract: default deny: the backplane is reached.*meho ingress\[0\] .*any port\) matches/,
    rewrite: ingressOn(8000, ({ ports: _, ...rule }) => rule),
  },
  {
    id: 'ingress-removed',
    title: 'the ingress rule is gone',
    says: /contract: ingress to the backplane: from namespace.*ingress: no rule of \S+\/meho matches/,
    rewrite: ingressOn(8000, () => undefined),
  },
  {
    id: 'broadcast-open',
    title: "the broadcast's own policy lets every pod of the namespace in",
    red: ['policy-broadcast'],
    part: 'broadcast',
    says: /meho-broadcast ingress\[0\] .*matches/,
    rewrite: ingressOn(6379, (rule) => ({ ...rule, from: [{ podSelector: {} }] })),
  },
  {
    id: 'broadcast-any-namespace',
    title: "the broadcast's own policy lets pods with the backplane's labels in from any namespace",
    red: ['policy-broadcast'],
    part: 'broadcast',
    says: /meho-broadcast ingress\[0\] \(from .* of all namespaces, 6379\/TCP\) matches/,
    rewrite: ingressOn(6379, (rule) => ({
      ...rule,
      from: (rule.from ?? []).map((peer) => ({ ...peer, namespaceSelector: {} })),
    })),
  },
  {
    id: 'broadcast-peer-typo',
    title: "the broadcast's own policy lets a component in that there is none of",
    red: ['policy-broadcast'],
    part: 'broadcast',
    says: /contract: ingress to the broadcast: from the backplane.*meho-broadcast ingress\[0\] .*misses by its peer/,
    rewrite: ingressOn(6379, (rule) => ({
      ...rule,
      from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'backplan' } } }],
    })),
  },
  {
    id: 'broadcast-closed',
    title: "the broadcast's own policy lets nobody in",
    red: ['policy-broadcast'],
    part: 'broadcast',
    says: /contract: ingress to the broadcast: from the backplane.*ingress: no rule of \S+\/meho-broadcast matches/,
    rewrite: ingressOn(6379, () => undefined),
  },
  {
    id: 'broadcast-egress-type-missing',
    title: "policyTypes of the broadcast's own policy names no egress",
    red: ['policy-broadcast'],
    part: 'broadcast',
    says: /contract: default deny: the broadcast calls nobody; egress: no policy selects the source/,
    rewrite: () => ({ policyTypes: ['Ingress'] }),
  },
  {
    id: 'label-drifted',
    title: 'the policy selects a label that the pods no longer have',
    says: /contract: default deny: .*no policy selects the source/,
    rewrite: () => ({ podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'meho-of-old' } } }),
    added: { podSelector: { matchLabels: { 'app.kubernetes.io/part-of': null } } },
  },
];
