import { networkPolicies } from '../../kube/resource.ts';
import { type Fault, injected } from '../story.ts';
import { egressRewrites } from './egress-rewrites.ts';
import { ingressRewrites } from './ingress-rewrites.ts';
import { rewritten } from './policies.ts';
import { hostNetworkPod, valuesInstead } from './scenery.ts';

/** Each rule of the chart's policies widened, narrowed or removed, and policies that don't hold where they should. */
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
    inject: async ({ environment: { api }, installed: { site } }) => {
      const spec = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
      await api.create(networkPolicies, site.namespace, { metadata: { name: 'allow-all' }, spec });
      return injected(() => api.delete(networkPolicies, site.namespace, 'allow-all'));
    },
  },
  {
    id: 'host-network',
    title: "a pod of the release is on the node's network",
    // It reaches the broadcast, too, which is the backplane's alone.
    expectRed: ['policy-matrix', 'policy-broadcast'],
    says: /is on the node's network, where no policy holds/,
    inject: hostNetworkPod,
  },
];
