import type { NotMeasured, Target } from './matrix.ts';
import { probePodTargets, probePodTitles } from './probe-pod-targets.ts';
import type { AddressEndpoint, PodEndpoint, Protocol } from './semantics/cluster-policies.ts';
import type { ClusterState, ServicePort } from './semantics/read-cluster-policies.ts';
import { type ServiceName, TargetList } from './target-list.ts';
import { backplaneServes, broadcastServes, type Host, ownPod, type SourceId, type Topology } from './topology.ts';

export interface ProbePlacement {
  readonly probePods: ReadonlyMap<SourceId, PodEndpoint>;
  /** Our namespace with a Service named after each upstream, if created. */
  readonly upstreamServices: string | undefined;
}

/** Prefix of target ids at cluster DNS. */
export const clusterDnsId = 'dns';

const apiServer: ServiceName = { namespace: 'default', name: 'kubernetes' };
const kubeletPort = 10250;
const backplanePort = 8000;

export interface MatrixTargets {
  readonly targets: readonly Target[];
  /** Missing by nature of the cluster or release. */
  readonly skipped: readonly NotMeasured[];
  /** Required by the contract. */
  readonly lost: readonly NotMeasured[];
}

/** By pod IP, Service IP and Service name, if available. */
export function targetsOf(topology: Topology, placement: ProbePlacement, state: ClusterState): MatrixTargets {
  const at = new TargetList(state);
  const own = {
    backplane: ownPod(topology, 'backplane', state.pods),
    broadcast: ownPod(topology, 'broadcast', state.pods),
  };
  const { enabled, port: broadcastPort } = topology.broadcast;
  if (own.backplane === undefined) {
    at.lost.push({ what: 'flows to the backplane', why: `none of its pods runs in ${topology.namespace}` });
  } else {
    at.endpoint('backplane', 'backplane', own.backplane, [
      [backplanePort, 'TCP'],
      [8001, 'TCP'],
      [5432, 'TCP'],
      [8000, 'UDP'],
      [8000, 'SCTP'],
    ]);
    at.overIpv6('backplane', 'backplane', own.backplane, backplaneServes);
    at.before('backplane', 'backplane', own.backplane, backplanePort, 'TCP');
  }
  if (enabled && own.broadcast === undefined) {
    at.lost.push({ what: 'flows to the broadcast', why: `its pod doesn't run in ${topology.namespace}` });
  }
  if (enabled && own.broadcast !== undefined) {
    at.endpoint('broadcast', 'broadcast', own.broadcast, [
      [broadcastPort, 'TCP'],
      [broadcastPort + 1, 'TCP'],
      [8000, 'TCP'],
      [broadcastPort, 'UDP'],
    ]);
    at.overIpv6('broadcast', 'broadcast', own.broadcast, broadcastServes(broadcastPort));
    at.before('broadcast', 'broadcast', own.broadcast, broadcastPort, 'TCP');
  }
  for (const { id, title, ip, port } of topology.upstreams) {
    const endpoint: AddressEndpoint = { kind: 'address', name: id, ip };
    const others = topology.upstreamsServe.filter((other) => other !== port);
    at.endpoint(
      id,
      title,
      endpoint,
      [port, ...others].map((each) => [each, 'TCP']),
    );
    if (placement.upstreamServices !== undefined) {
      at.service(id, title, { namespace: placement.upstreamServices, name: id }, port, 'TCP', endpoint);
    }
  }
  for (const host of topology.hosts) {
    at.endpoint(
      host.id,
      host.title,
      addressOf(host),
      host.serves.map(({ port, protocol }) => [port, protocol]),
    );
  }
  for (const protocol of ['UDP', 'TCP'] as const) {
    const service = state.services.find((each) => isClusterDns(each, protocol));
    if (service === undefined) {
      const why =
        'no Service in kube-system leads to a ready pod with k8s-app=kube-dns, which is what the contract allows';
      at.lost.push({ what: `cluster DNS by ${protocol}`, why });
    } else {
      at.service(clusterDnsId, 'cluster DNS', service, 53, protocol);
      at.endpoint(clusterDnsId, 'cluster DNS', service.endpoint, [[service.endpointPort, protocol]]);
    }
  }
  const api = at.service('api', 'API server', apiServer, 443, 'TCP');
  if (api === undefined) {
    at.lost.push({ what: 'the API server', why: 'there is no Service default/kubernetes with an endpoint' });
  } else {
    at.endpoint('api', 'API server on its host', api.endpoint, [[api.endpointPort, 'TCP']]);
  }
  const [node] = state.nodes;
  if (node === undefined) {
    at.lost.push({ what: 'the kubelet', why: 'the API server lists no node with an internal address' });
  } else {
    at.endpoint('kubelet', 'kubelet', node, [[kubeletPort, 'TCP']]);
  }
  for (const [id, ports] of probePodTargets) {
    const pod = placement.probePods.get(id);
    if (pod !== undefined) {
      const title = probePodTitles[id] ?? id;
      at.endpoint(id, title, pod, id === 'would-be-broadcast' ? [[broadcastPort, 'TCP'], ...ports] : ports);
      at.overIpv6(
        id,
        title,
        pod,
        ports.map(([port, protocol]) => ({ port, protocol })),
      );
    }
  }
  return { targets: at.list, skipped: at.skipped, lost: at.lost };
}

/** As the contract defines it, whatever the Service's name. */
function isClusterDns({ namespace, port, protocol, endpoint }: ServicePort, asked: Protocol): boolean {
  return (
    namespace === 'kube-system' &&
    port === 53 &&
    protocol === asked &&
    endpoint.kind === 'pod' &&
    endpoint.namespace === namespace &&
    endpoint.labels['k8s-app'] === 'kube-dns'
  );
}

function addressOf({ id, ip }: Host): AddressEndpoint {
  return { kind: 'address', name: id, ip };
}
