import { isIPv4, isIPv6 } from 'node:net';
import type { V1NetworkPolicy } from '@kubernetes/client-node';
import type { CallOptions, KubeApi } from '@meho/kube/api/api';
import { endpointSlices, namespaces, networkPolicies, nodes, type Pod, pods, services } from '@meho/kube/api/resource';
import type { PolicyEngine } from '@meho/kube/description';
import type {
  AddressEndpoint,
  ClusterPolicies,
  Endpoint,
  EngineSemantics,
  PodEndpoint,
  Protocol,
} from './cluster-policies.ts';
import { knownKubeRouters } from './kube-router.ts';

export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIp: string;
  readonly port: number;
  readonly protocol: Protocol;
  readonly endpoint: Endpoint;
  /** All possible backends, including the one above. */
  readonly behind: readonly Endpoint[];
  /** After translating numbers and named ports. */
  readonly endpointPort: number;
}

/** What matters to NetworkPolicy, at one moment. */
export interface ClusterState {
  readonly policies: ClusterPolicies;
  readonly pods: readonly PodEndpoint[];
  readonly nodes: readonly AddressEndpoint[];
  readonly services: readonly ServicePort[];
}

/** @throws like any API call */
export async function readState(api: KubeApi, options: CallOptions = {}): Promise<ClusterState> {
  const [policies, podList, nodeList, serviceList, slices] = await Promise.all([
    readClusterPolicies(api, options),
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
  return { policies: { ...policies, pods: found }, pods: found, nodes: nodeEndpoints, services: servicePorts };
}

export async function readClusterPolicies(api: KubeApi, options: CallOptions = {}): Promise<ClusterPolicies> {
  const [namespaceList, policyList] = await Promise.all([
    api.list(namespaces, {}, options),
    api.list(networkPolicies, {}, options),
  ]);
  return {
    namespaces: namespaceList.items.map(({ metadata }) => ({ name: nameIn(metadata), labels: metadata?.labels ?? {} })),
    // JSON differs only in dates, which are unused here.
    policies: policyList.items.map((policy) => policyFromJson(policy)),
  };
}

/** The API's `from` is `_from` in the client's types. */
export function policyFromJson(policy: object): V1NetworkPolicy {
  const { spec, ...rest } = policy as { readonly spec?: { readonly ingress?: readonly { readonly from?: object }[] } };
  const ingress = spec?.ingress?.map(({ from, ...rule }) => (from === undefined ? rule : { ...rule, _from: from }));
  return { ...rest, spec: { ...spec, ...(ingress === undefined ? {} : { ingress }) } } as V1NetworkPolicy;
}

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

export function engineSemanticsOf({ kind, version = '' }: Pick<PolicyEngine, 'kind' | 'version'>): EngineSemantics {
  const isCilium = kind === 'cilium';
  const isKnown = kind === 'kube-router' && knownKubeRouters.includes(version.replace(/^v/, ''));
  return {
    ...{ ipBlockMatchesPods: !isCilium, rulesBeyondPolicyTypes: isCilium },
    ...(isKnown ? { reading: 'least' } : {}),
  };
}

function protocolOf(text: string | undefined): Protocol {
  return text === 'UDP' || text === 'SCTP' ? text : 'TCP';
}

function nameIn(metadata: { readonly name?: string } | undefined): string {
  return metadata?.name ?? '';
}
