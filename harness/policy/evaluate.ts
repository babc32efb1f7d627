import type {
  V1NetworkPolicy,
  V1NetworkPolicyEgressRule,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import { matches } from './label-selector.ts';
import { anyPeerMatches, anyPortMatches } from './rules.ts';
import type { Dialect, Endpoint, Flow, PodEndpoint, World } from './world.ts';

/** Why one side of a flow lets it pass or not. */
export type SideDecision =
  /** No policy of this direction selects the pod, or there is no pod on this side. */
  | { readonly allowed: true; readonly because: 'not isolated' }
  /** The first rule that matches, e.g. `meho/meho egress[0]`. */
  | { readonly allowed: true; readonly because: 'rule'; readonly rule: string }
  /** The policies that isolate the pod, none of whose rules match. */
  | { readonly allowed: false; readonly isolatedBy: readonly string[] };

export interface Decision {
  readonly allowed: boolean;
  readonly egress: SideDecision;
  readonly ingress: SideDecision;
}

/**
 * What NetworkPolicy objects say of a flow, by the API's own semantics: a pod that no policy selects in a direction is
 * open in that direction; once selected it is closed but for the union of all rules; a flow needs both sides.
 */
export function evaluate(world: World, flow: Flow, dialect: Dialect): Decision {
  const open: SideDecision = { allowed: true, because: 'not isolated' };
  if (isSame(flow.from, flow.to)) {
    // A pod's traffic to itself never leaves it.
    return { allowed: true, egress: open, ingress: open };
  }
  const egress = isPolicyPod(flow.from) ? side('Egress', world, flow.from, flow.to, flow, dialect) : open;
  const ingress = isPolicyPod(flow.to) ? side('Ingress', world, flow.to, flow.from, flow, dialect) : open;
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

/** Which directions a policy is about. Without policyTypes: ingress always, egress when it has egress rules. */
function directionsOf(policy: V1NetworkPolicy, dialect?: Dialect): readonly string[] {
  const stated = policy.spec?.policyTypes;
  if (stated !== undefined && stated.length > 0) {
    const { ingress = [], egress = [] } = policy.spec ?? {};
    const beyond = [...(ingress.length > 0 ? ['Ingress'] : []), ...(egress.length > 0 ? ['Egress'] : [])];
    return dialect?.rulesBeyondPolicyTypes === true ? [...stated, ...beyond] : stated;
  }
  return (policy.spec?.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

/** `namespace/name`, as messages call a policy. */
export function nameOf(policy: V1NetworkPolicy): string {
  return `${policy.metadata?.namespace}/${policy.metadata?.name}`;
}

function side(
  direction: 'Ingress' | 'Egress',
  world: World,
  pod: PodEndpoint,
  peer: Endpoint,
  flow: Flow,
  dialect: Dialect,
): SideDecision {
  const isolating = isolatingOf(direction, world, pod, dialect);
  if (isolating.length === 0) {
    return { allowed: true, because: 'not isolated' };
  }
  for (const policy of isolating) {
    const context = { policyNamespace: pod.namespace, namespaces: world.namespaces, dialect };
    const index = rulesOf(policy, direction).findIndex(
      ({ peers, ports }) => anyPeerMatches(peers, peer, context) && anyPortMatches(ports, flow),
    );
    if (index >= 0) {
      return { allowed: true, because: 'rule', rule: `${nameOf(policy)} ${direction.toLowerCase()}[${index}]` };
    }
  }
  return { allowed: false, isolatedBy: isolating.map(nameOf) };
}

function isolatingOf(direction: 'Ingress' | 'Egress', world: World, pod: PodEndpoint, dialect: Dialect) {
  return world.policies.filter(
    (policy) =>
      policy.metadata?.namespace === pod.namespace &&
      directionsOf(policy, dialect).includes(direction) &&
      matches(policy.spec?.podSelector ?? {}, pod.labels),
  );
}

/** The ports of every rule that lets a flow out of its source: each of them is enough. None where nothing isolates it. */
export function egressOpeners(world: World, flow: Flow, dialect: Dialect): readonly (readonly V1NetworkPolicyPort[])[] {
  if (!isPolicyPod(flow.from)) {
    return [];
  }
  const context = { policyNamespace: flow.from.namespace, namespaces: world.namespaces, dialect };
  return isolatingOf('Egress', world, flow.from, dialect)
    .flatMap((policy) => rulesOf(policy, 'Egress'))
    .filter(({ peers, ports }) => anyPeerMatches(peers, flow.to, context) && anyPortMatches(ports, flow))
    .map(({ ports = [] }) => ports);
}

function rulesOf(policy: V1NetworkPolicy, direction: 'Ingress' | 'Egress') {
  return direction === 'Ingress'
    ? (policy.spec?.ingress ?? []).map((rule: V1NetworkPolicyIngressRule) => ({ peers: rule._from, ports: rule.ports }))
    : (policy.spec?.egress ?? []).map((rule: V1NetworkPolicyEgressRule) => ({ peers: rule.to, ports: rule.ports }));
}

function isPolicyPod(endpoint: Endpoint): endpoint is PodEndpoint {
  return endpoint.kind === 'pod' && !endpoint.hostNetwork;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.kind === 'pod' && b.kind === 'pod' && a.namespace === b.namespace && a.name === b.name;
}
