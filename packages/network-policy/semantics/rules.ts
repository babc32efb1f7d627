import { BlockList, isIPv6 } from 'node:net';
import type { V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node';
import type { Endpoint, EngineSemantics, Flow, Namespace, PodEndpoint } from './cluster-policies.ts';
import { matches } from './label-selector.ts';

/** An absent or empty list matches all peers. */
export function anyPeerMatches(
  peers: readonly V1NetworkPolicyPeer[] | undefined,
  endpoint: Endpoint,
  context: {
    readonly policyNamespace: string;
    readonly namespaces: readonly Namespace[];
    readonly semantics: EngineSemantics;
  },
): boolean {
  if (peers === undefined || peers.length === 0) {
    return true;
  }
  return peers.some((peer) => {
    if (peer.ipBlock !== undefined) {
      const isOfCluster = endpoint.kind === 'pod' || endpoint.isNode === true;
      return (!isOfCluster || context.semantics.ipBlockMatchesPods) && inBlock(peer.ipBlock, endpoint.ip);
    }
    if (endpoint.kind !== 'pod' || endpoint.hostNetwork) {
      return false;
    }
    return (
      namespaceMatches(peer, endpoint, context) &&
      (peer.podSelector === undefined || matches(peer.podSelector, endpoint.labels))
    );
  });
}

/** Without a namespaceSelector, only the policy's namespace; with an empty one, all. */
function namespaceMatches(
  peer: V1NetworkPolicyPeer,
  pod: PodEndpoint,
  { policyNamespace, namespaces }: { readonly policyNamespace: string; readonly namespaces: readonly Namespace[] },
): boolean {
  if (peer.namespaceSelector === undefined) {
    return pod.namespace === policyNamespace;
  }
  const namespace = namespaces.find(({ name }) => name === pod.namespace);
  return namespace !== undefined && matches(peer.namespaceSelector, namespace.labels);
}

function inBlock(
  { cidr, except = [] }: { readonly cidr: string; readonly except?: readonly string[] },
  ip: string,
): boolean {
  return contains(cidr, ip) && !except.some((excluded) => contains(excluded, ip));
}

/** The length of a network's prefix. */
export function prefixOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

export function contains(cidr: string, ip: string): boolean {
  const [network, prefix] = cidr.split('/');
  if (network === undefined || prefix === undefined || isIPv6(network) !== isIPv6(ip)) {
    return false;
  }
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family);
  return block.check(ip, family);
}

/** An absent or empty list matches all ports and protocols. A named port is the destination pod's. */
export function anyPortMatches(ports: readonly V1NetworkPolicyPort[] | undefined, flow: Flow): boolean {
  if (ports === undefined || ports.length === 0) {
    return true;
  }
  return ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== flow.protocol) {
      return false;
    }
    if (port === undefined) {
      return true;
    }
    if (typeof port === 'number') {
      return endPort === undefined ? flow.port === port : flow.port >= port && flow.port <= endPort;
    }
    return (
      flow.to.kind === 'pod' &&
      flow.to.ports.some(
        (declared) => declared.name === port && declared.protocol === flow.protocol && declared.number === flow.port,
      )
    );
  });
}
