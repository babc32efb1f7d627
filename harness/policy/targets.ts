import { guestTargets, guestTitles } from './guest-targets.ts';
import type { NotMeasured, Target } from './matrix.ts';
import type { ClusterState, ServicePort } from './read-world.ts';
import { backplaneServes, broadcastServes, type Host, ownPod, type Scene, type SourceId } from './scene.ts';
import { type ServiceName, TargetList } from './target-list.ts';
import type { AddressEndpoint, PodEndpoint, Protocol } from './world.ts';

/** What is on the cluster for the matrix beside the release: pods of ours and the Services before the upstreams. */
export interface Stage {
  readonly guests: ReadonlyMap<SourceId, PodEndpoint>;
  /** In a namespace of ours, each called like its upstream; none where they were not made. */
  readonly upstreamServices: string | undefined;
}

/** What the ids of targets at the cluster's DNS begin with. */
export const clusterDnsId = 'dns';

const apiServer: ServiceName = { namespace: 'default', name: 'kubernetes' };
const kubeletPort = 10250;
const backplanePort = 8000;

/** What is asked, and what there was nothing of to ask. */
export interface Asked {
  readonly targets: readonly Target[];
  /** Not here by nature of this cluster or release. */
  readonly skipped: readonly NotMeasured[];
  /** The contract speaks of it, so it has to be here. */
  readonly lost: readonly NotMeasured[];
}

/** Every target of the matrix, by pod IP, Service IP and Service name where there are these. */
export function targetsOf(scene: Scene, stage: Stage, state: ClusterState): Asked {
  const at = new TargetList(state);
  const own = { backplane: ownPod(scene, 'backplane', state.pods), broadcast: ownPod(scene, 'broadcast', state.pods) };
  const { enabled, port: broadcastPort } = scene.broadcast;
  if (own.backplane === undefined) {
    at.lost.push({ what: 'flows to the backplane', why: `none of its pods runs in ${scene.namespace}` });
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
    at.lost.push({ what: 'flows to the broadcast', why: `its pod doesn't run in ${scene.namespace}` });
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
  for (const { id, title, ip, port } of scene.upstreams) {
    const endpoint: AddressEndpoint = { kind: 'address', name: id, ip };
    const others = scene.upstreamsServe.filter((other) => other !== port);
    at.endpoint(
      id,
      title,
      endpoint,
      [port, ...others].map((each) => [each, 'TCP']),
    );
    if (stage.upstreamServices !== undefined) {
      at.service(id, title, { namespace: stage.upstreamServices, name: id }, port, 'TCP', endpoint);
    }
  }
  for (const host of scene.hosts) {
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
  for (const [id, ports] of guestTargets) {
    const pod = stage.guests.get(id);
    if (pod !== undefined) {
      const title = guestTitles[id] ?? id;
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

/** The contract's own words for cluster DNS: whatever its Service is called. */
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
