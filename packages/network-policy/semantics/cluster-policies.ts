import type { V1NetworkPolicy } from '@kubernetes/client-node';
import type { Labels } from './label-selector.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

export interface PodEndpoint {
  readonly kind: 'pod';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ip: string;
  /** Second address on a dual-stack cluster, if `ip` is IPv4. */
  readonly ip6?: string;
  /** For named ports in policies. */
  readonly ports: readonly { readonly name?: string; readonly number: number; readonly protocol: Protocol }[];
  /** To NetworkPolicy such a pod is just the node's address. */
  readonly hostNetwork: boolean;
}

/** A container beside the cluster, a node, the outside. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly name: string;
  readonly ip: string;
  readonly isNode?: boolean;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

export interface Flow {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly port: number;
  readonly protocol: Protocol;
}

export interface ClusterPolicies {
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly V1NetworkPolicy[];
  /** Where an engine looks up named ports on other pods than the flow's; those of the flow where absent. */
  readonly pods?: readonly PodEndpoint[];
}

/**
 * Left open by the API. `ipBlockMatchesPods`: whether an ipBlock matches pods and nodes by address. Cilium says no
 * (both have identities), iptables-based engines yes.
 */
export interface EngineSemantics {
  readonly ipBlockMatchesPods: boolean;
  /**
   * Whether rules count in directions missing from policyTypes. Not by the API, but in Cilium (1.19) they select and
   * isolate.
   */
  readonly rulesBeyondPolicyTypes?: boolean;
  /**
   * Set for a kube-router whose own ways are known (`kube-router.ts`): where an order that nobody sets decides, the
   * least or the most that it lets pass.
   */
  readonly reading?: 'least' | 'most';
}
