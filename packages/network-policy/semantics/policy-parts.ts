import type {
  V1NetworkPolicy,
  V1NetworkPolicyEgressRule,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import type { ClusterPolicies, Endpoint, EngineSemantics, PodEndpoint } from './cluster-policies.ts';
import { matches } from './label-selector.ts';

export type Direction = 'Ingress' | 'Egress';

export interface Rule {
  readonly peers?: readonly V1NetworkPolicyPeer[] | undefined;
  readonly ports?: readonly V1NetworkPolicyPort[] | undefined;
}

/** `namespace/name`. */
export function nameOf(policy: V1NetworkPolicy): string {
  return `${policy.metadata?.namespace}/${policy.metadata?.name}`;
}

export function isPolicyPod(endpoint: Endpoint): endpoint is PodEndpoint {
  return endpoint.kind === 'pod' && !endpoint.hostNetwork;
}

export function selects(policy: V1NetworkPolicy, pod: PodEndpoint): boolean {
  return policy.metadata?.namespace === pod.namespace && matches(policy.spec?.podSelector ?? {}, pod.labels);
}

/** Without policyTypes, a policy applies to ingress, and to egress if it has egress rules. */
export function directionsOf(policy: V1NetworkPolicy, semantics?: EngineSemantics): readonly string[] {
  const stated = policy.spec?.policyTypes;
  if (stated !== undefined && stated.length > 0) {
    const { ingress = [], egress = [] } = policy.spec ?? {};
    const beyond = [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])];
    return semantics?.rulesBeyondPolicyTypes === true ? [...stated, ...beyond] : stated;
  }
  return (policy.spec?.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** The policies that close a pod in a direction but for their rules. */
export function isolatingOf(
  direction: Direction,
  { policies }: ClusterPolicies,
  pod: PodEndpoint,
  semantics: EngineSemantics,
): readonly V1NetworkPolicy[] {
  return policies.filter((policy) => selects(policy, pod) && directionsOf(policy, semantics).includes(direction));
}

export function rulesOf(policy: V1NetworkPolicy, direction: Direction): readonly Rule[] {
  return direction === 'Ingress'
    ? (policy.spec?.ingress ?? []).map((rule: V1NetworkPolicyIngressRule) => ({ peers: rule._from, ports: rule.ports }))
    : (policy.spec?.egress ?? []).map((rule: V1NetworkPolicyEgressRule) => ({ peers: rule.to, ports: rule.ports }));
}
