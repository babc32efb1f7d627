import { isIPv4, isIPv6 } from 'node:net';
import type { V1NetworkPolicy } from '@kubernetes/client-node';
import type { CallOptions, KubeApi } from '../kube/api.ts';
import { endpointSlices, namespaces, networkPolicies, nodes, type Pod, pods, services } from '../kube/resource.ts';
import type { AddressEndpoint, Dialect, Endpoint, PodEndpoint, Protocol, World } from './world.ts';

/** A port of a Service, and whom a packet to it meets. */
export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly endpoint: Endpoint;
  /** All whom a packet to it may meet, the one above among them. */
  readonly behind: readonly Endpoint[];
  /** The port at that endpoint: numbers and named ports of the pod are translated. */
  readonly endpointPort: number;
}

/** What is on a cluster, as far as NetworkPolicy is concerned, at one moment. */
export interface ClusterState {
  readonly world: World;
  /** Running pods with an address. */
  readonly pods: readonly PodEndpoint[];
  readonly nodes: readonly AddressEndpoint[];
  readonly services: readonly ServicePort[];
}

/** Reads it all. @throws like any call of the API */
export async function readState(api: KubeApi, options: CallOptions = {}): Promise<ClusterState> {
  const [world, podList, nodeList, serviceList, slices] = await Promise.all([
    readWorld(api, options),
    api.list(pods, {}, options),
    api.list(nodes, {}, options),
    api.list(services, {}, options),
    api.list(endpointSlices, {}, options),
  ]);
  const found = podList.items.flatMap((pod) => podEndpoint(pod) ?? []);
  const nodeEndpoints = nodeList.items.flatMap(({ metadata, status }) =>
    (status?.addresses ?? [])
      .filter(({ type }) => type === 'InternalIP')
      .map(({ address }): AddressEndpoint => ({ kind: 'address', name: nameIn(metadata), ip: address, isNode: true })),
  );
  const at = (ip: string): Endpoint =>
    found.find((pod) => pod.ip === ip && !pod.hostNetwork) ??
    nodeEndpoints.find((node) => node.ip === ip) ?? { kind: 'address', name: ip, ip };
  const servicePorts = serviceList.items.flatMap(({ metadata, spec }) => {
    const { clusterIP } = spec ?? {};
    if (clusterIP === undefined || clusterIP === 'None' || clusterIP === '') {
      return [];
    }
    const [namespace, name] = [metadata?.namespace ?? '', nameIn(metadata)];
    const own = slices.items.filter(
      (slice) =>
        slice.metadata?.namespace === namespace && slice.metadata?.labels?.['kubernetes.io/service-name'] === name,
    );
    return (spec?.ports ?? []).flatMap((port): ServicePort[] => {
      for (const slice of own) {
        const ready = slice.endpoints?.filter(({ conditions }) => conditions?.ready !== false) ?? [];
        const behind = ready.flatMap(({ addresses: [ip] }) => (ip === undefined ? [] : at(ip)));
        const [endpoint] = behind;
        const endpointPort = slice.ports?.find((each) => (each.name ?? '') === (port.name ?? ''))?.port;
        if (endpoint !== undefined && endpointPort !== undefined) {
          const protocol = protocolOf(port.protocol);
          return [{ namespace, name, clusterIp: clusterIP, port: port.port, protocol, endpoint, behind, endpointPort }];
        }
      }
      return [];
    });
  });
  return { world, pods: found, nodes: nodeEndpoints, services: servicePorts };
}

/** Namespaces with their labels and every NetworkPolicy. */
export async function readWorld(api: KubeApi, options: CallOptions = {}): Promise<World> {
  const [namespaceList, policyList] = await Promise.all([
    api.list(namespaces, {}, options),
    api.list(networkPolicies, {}, options),
  ]);
  return {
    namespaces: namespaceList.items.map(({ metadata }) => ({ name: nameIn(metadata), labels: metadata?.labels ?? {} })),
    // What JSON makes of it differs in dates alone, which nobody looks at here.
    policies: policyList.items.map((policy) => policyFromJson(policy)),
  };
}

/** The API calls a rule's peers `from`, which the client's types call `_from`. */
export function policyFromJson(policy: object): V1NetworkPolicy {
  const { spec, ...rest } = policy as { readonly spec?: { readonly ingress?: readonly { readonly from?: object }[] } };
  const ingress = spec?.ingress?.map(({ from, ...rule }) => (from === undefined ? rule : { ...rule, _from: from }));
  return { ...rest, spec: { ...spec, ...(ingress === undefined ? {} : { ingress }) } } as V1NetworkPolicy;
}

/** What a policy sees of a pod; undefined for one without an address, or that has ended. */
export function podEndpoint({ metadata, spec, status }: Pod): PodEndpoint | undefined {
  const ip = status?.podIP;
  if (ip === undefined || status?.phase !== 'Running' || metadata?.deletionTimestamp !== undefined) {
    return undefined;
  }
  const ip6 = isIPv4(ip)
    ? status.podIPs?.map((each) => each.ip).find((each) => each !== undefined && isIPv6(each))
    : undefined;
  const declared = (spec?.containers ?? []).flatMap(({ ports = [] }) => ports);
  return {
    kind: 'pod',
    namespace: metadata?.namespace ?? '',
    name: nameIn(metadata),
    labels: metadata?.labels ?? {},
    ip,
    ...(ip6 === undefined ? {} : { ip6 }),
    ports: declared.map(({ name, containerPort, protocol }) => ({
      ...(name === undefined ? {} : { name }),
      number: containerPort,
      protocol: protocolOf(protocol),
    })),
    hostNetwork: spec?.hostNetwork === true,
  };
}

/** @param policyEngine as `ClusterDescription` names it, e.g. `Cilium 1.19.5` */
export function dialectOf(policyEngine: string): Dialect {
  const isCilium = /cilium/i.test(policyEngine);
  return { ipBlockMatchesPods: !isCilium, rulesBeyondPolicyTypes: isCilium };
}

function protocolOf(text: string | undefined): Protocol {
  return text === 'UDP' || text === 'SCTP' ? text : 'TCP';
}

function nameIn(metadata: { readonly name?: string } | undefined): string {
  return metadata?.name ?? '';
}
