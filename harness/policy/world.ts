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
  /** Its IPv6 address where `ip` is one of IPv4 and the cluster has both. */
  readonly ip6?: string;
  /** Declared container ports, which named ports of a policy refer to. */
  readonly ports: readonly { readonly name?: string; readonly number: number; readonly protocol: Protocol }[];
  /** A pod on the node's network is no pod to NetworkPolicy: it is the node's address. */
  readonly hostNetwork: boolean;
}

/** Anything that isn't a pod: a container beside the cluster, the node, the outside. */
export interface AddressEndpoint {
  readonly kind: 'address';
  readonly name: string;
  readonly ip: string;
  /** One of the cluster's own nodes. */
  readonly isNode?: boolean;
}

export type Endpoint = PodEndpoint | AddressEndpoint;

export interface Flow {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly port: number;
  readonly protocol: Protocol;
}

/** What the objects of a cluster say, as far as NetworkPolicy is concerned. */
export interface World {
  readonly namespaces: readonly Namespace[];
  readonly policies: readonly V1NetworkPolicy[];
}

/**
 * Where the API leaves it to the implementation. `ipBlockMatchesPods`: whether an ipBlock applies to what belongs to the
 * cluster, its pods and its nodes, by their address; Cilium says no (both have identities), iptables-based engines say
 * yes.
 */
export interface Dialect {
  readonly ipBlockMatchesPods: boolean;
  /**
   * Whether rules of a direction that policyTypes doesn't name count all the same. By the API they mean nothing; Cilium
   * (1.19) has them select and isolate.
   */
  readonly rulesBeyondPolicyTypes?: boolean;
}
