import type { V1NetworkPolicyPort } from '@kubernetes/client-node';
import type { ClusterPolicies, Endpoint, EngineSemantics, Flow, PodEndpoint } from './cluster-policies.ts';
import { kubeRouterOpener } from './kube-router.ts';
import { type Direction, isolatingOf, isPolicyPod, nameOf, rulesOf } from './policy-parts.ts';
import { anyPeerMatches, anyPortMatches } from './rules.ts';

export type SideDecision =
  /** No policy selects this side, or it isn't a pod. */
  | { readonly allowed: true; readonly because: 'not isolated' }
  /** The first rule that matches, e.g. `meho/meho egress[0]`. */
  | { readonly allowed: true; readonly because: 'rule'; readonly rule: string }
  | { readonly allowed: false; readonly isolatedBy: readonly string[] };

export interface Decision {
  readonly allowed: boolean;
  readonly egress: SideDecision;
  readonly ingress: SideDecision;
}

/**
 * Evaluates a flow by the API's semantics: a pod is open in a direction in which no policy selects it; otherwise only
 * the union of all rules is allowed. Both sides must allow the flow.
 */
export function evaluate(policies: ClusterPolicies, flow: Flow, semantics: EngineSemantics): Decision {
  const open: SideDecision = { allowed: true, because: 'not isolated' };
  if (isSame(flow.from, flow.to)) {
    // Traffic from a pod to itself never leaves it.
    return { allowed: true, egress: open, ingress: open };
  }
  const egress = isPolicyPod(flow.from) ? side('Egress', policies, flow.from, flow.to, flow, semantics) : open;
  const ingress = isPolicyPod(flow.to) ? side('Ingress', policies, flow.to, flow.from, flow, semantics) : open;
  return { allowed: egress.allowed && ingress.allowed, egress, ingress };
}

function side(
  direction: Direction,
  policies: ClusterPolicies,
  pod: PodEndpoint,
  peer: Endpoint,
  flow: Flow,
  semantics: EngineSemantics,
): SideDecision {
  const isolating = isolatingOf(direction, policies, pod, semantics);
  if (isolating.length === 0) {
    return { allowed: true, because: 'not isolated' };
  }
  for (const policy of isolating) {
    if (semantics.reading !== undefined) {
      const opener = kubeRouterOpener(policy, direction, flow, { policies, semantics });
      if (opener !== undefined) {
        return { allowed: true, because: 'rule', rule: `${nameOf(policy)} ${opener}` };
      }
      continue;
    }
    const context = { policyNamespace: pod.namespace, namespaces: policies.namespaces, semantics };
    const index = rulesOf(policy, direction).findIndex(
      ({ peers, ports }) => anyPeerMatches(peers, peer, context) && anyPortMatches(ports, flow),
    );
    if (index >= 0) {
      return { allowed: true, because: 'rule', rule: `${nameOf(policy)} ${direction.toLowerCase()}[${index}]` };
    }
  }
  return { allowed: false, isolatedBy: isolating.map(nameOf) };
}

/** Whether the engine itself may decide one way or the other, by an order that nobody sets. */
export function isUndecided(policies: ClusterPolicies, flow: Flow, semantics: EngineSemantics): boolean {
  const allowed = (reading: 'least' | 'most') => evaluate(policies, flow, { ...semantics, reading }).allowed;
  return semantics.reading !== undefined && allowed('least') !== allowed('most');
}

/** Returns the ports of the rules that let the flow out; empty if no policy isolates the source. */
export function egressOpeners(
  policies: ClusterPolicies,
  flow: Flow,
  semantics: EngineSemantics,
): readonly (readonly V1NetworkPolicyPort[])[] {
  if (!isPolicyPod(flow.from)) {
    return [];
  }
  const context = { policyNamespace: flow.from.namespace, namespaces: policies.namespaces, semantics };
  return isolatingOf('Egress', policies, flow.from, semantics)
    .flatMap((policy) => rulesOf(policy, 'Egress'))
    .filter(({ peers, ports }) => anyPeerMatches(peers, flow.to, context) && anyPortMatches(ports, flow))
    .map(({ ports = [] }) => ports);
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.kind === 'pod' && b.kind === 'pod' && a.namespace === b.namespace && a.name === b.name;
}
