import { networkPolicies } from '@meho/kube/api/resource';
import { type Fault, injection } from '../fault.ts';
import { egressRewrites } from './egress-rewrites.ts';
import { ingressRewrites } from './ingress-rewrites.ts';
import { rewritten } from './policies.ts';
import { hostNetworkPod, valuesInstead } from './scenery.ts';

export const faults: readonly Fault[] = [
  ...[...egressRewrites, ...ingressRewrites].map(rewritten),
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
    expectRed: ['policy-matrix', 'policy-broadcast'],
    says: /allow-all egress\[0\] .*matches/,
    inject: async ({ environment: { api }, installed: { target } }) => {
      const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
      await api.create(networkPolicies, target.namespace, { metadata: { name: 'allow-all' }, spec });
      return injection(() => api.delete(networkPolicies, target.namespace, 'allow-all'));
    },
  },
  {
    id: 'host-network',
    title: "a pod of the release is on the node's network",
    // Only the backplane may reach the broadcast, and this pod does.
    expectRed: ['policy-matrix', 'policy-broadcast'],
    says: /is on the node's network, where no policy holds/,
    inject: hostNetworkPod,
  },
];
