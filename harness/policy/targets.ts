import type { Target } from './matrix.ts';
import type { ClusterState } from './read-world.ts';
import { type Host, ownPod, type Scene, type SourceId } from './scene.ts';
import type { AddressEndpoint, Endpoint, PodEndpoint, Protocol } from './world.ts';

/** A Service, by namespace and name. */
interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** What is on the cluster for the matrix beside the release: pods of ours and the Services before the upstreams. */
export interface Stage {
  readonly guests: ReadonlyMap<SourceId, PodEndpoint>;
  /** In a namespace of ours, each called like its upstream; none where they were not made. */
  readonly upstreamServices: string | undefined;
}

const dns: ServiceName = { namespace: 'kube-system', name: 'kube-dns' };
const apiServer: ServiceName = { namespace: 'default', name: 'kubernetes' };
const kubeletPort = 10250;
const apiServerPort = 6443;
const backplanePort = 8000;

/** Every target of the matrix, by pod IP, Service IP and Service name where there are these. */
export function targetsOf(scene: Scene, stage: Stage, state: ClusterState): readonly Target[] {
  const at = new Targets(state);
  const own = { backplane: ownPod(scene, 'backplane', state.pods), broadcast: ownPod(scene, 'broadcast', state.pods) };
  const { broadcastPort } = scene;
  if (own.backplane !== undefined) {
    at.endpoint('backplane', 'backplane', own.backplane, [
      [backplanePort, 'TCP'],
      [8001, 'TCP'],
      [5432, 'TCP'],
      [8000, 'UDP'],
      [8000, 'SCTP'],
    ]);
    at.before('backplane', 'backplane', own.backplane, backplanePort, 'TCP');
  }
  if (own.broadcast !== undefined && broadcastPort !== undefined) {
    at.endpoint('broadcast', 'broadcast', own.broadcast, [
      [broadcastPort, 'TCP'],
      [broadcastPort + 1, 'TCP'],
      [8000, 'TCP'],
      [broadcastPort, 'UDP'],
    ]);
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
    const service = at.service('dns', 'cluster DNS', dns, 53, protocol);
    if (service !== undefined) {
      at.endpoint('dns', 'cluster DNS', service.endpoint, [[service.endpointPort, protocol]]);
    }
  }
  at.service('api', 'API server', apiServer, 443, 'TCP');
  for (const node of state.nodes.slice(0, 1)) {
    at.endpoint('api', 'API server on the node', node, [[apiServerPort, 'TCP']]);
    at.endpoint('kubelet', 'kubelet', node, [[kubeletPort, 'TCP']]);
  }
  for (const [id, ports] of guestTargets) {
    const pod = stage.guests.get(id);
    if (pod !== undefined) {
      at.endpoint(id, guestTitles[id] ?? id, pod, ports);
    }
  }
  return at.list;
}

/** Pods that a rule which is a bit too wide would open, or be open to. */
const guestTargets: readonly (readonly [SourceId, readonly Ports[]])[] = [
  [
    'bystander',
    [
      [6379, 'TCP'],
      [8000, 'TCP'],
      [5432, 'TCP'],
      [53, 'UDP'],
    ],
  ],
  [
    'migration',
    [
      [8000, 'TCP'],
      [6379, 'TCP'],
    ],
  ],
  [
    'stranger',
    [
      [53, 'UDP'],
      [53, 'TCP'],
      [443, 'TCP'],
      [8000, 'SCTP'],
    ],
  ],
  [
    'impostor',
    [
      [8000, 'TCP'],
      [6379, 'TCP'],
    ],
  ],
  [
    'twin',
    [
      [6379, 'TCP'],
      [8200, 'TCP'],
    ],
  ],
];

const guestTitles: Partial<Record<SourceId, string>> = {
  bystander: 'bare pod beside it',
  migration: "pod with the migration's labels",
  stranger: 'pod elsewhere, labelled like cluster DNS',
  impostor: "pod elsewhere with the backplane's labels",
  twin: "pod elsewhere with the broadcast's labels",
};

type Ports = readonly [number, Protocol];

function addressOf({ id, ip }: Host): AddressEndpoint {
  return { kind: 'address', name: id, ip };
}

/** Collects targets with ids that are each their own. */
class Targets {
  readonly list: Target[] = [];
  readonly #state: ClusterState;

  constructor(state: ClusterState) {
    this.#state = state;
  }

  /** By the endpoint's own address. */
  endpoint(id: string, title: string, endpoint: Endpoint, ports: readonly Ports[]): void {
    for (const [port, protocol] of ports) {
      this.list.push({
        id: `${id}-${port}-${protocol.toLowerCase()}`,
        title: `${title} ${port}/${protocol}`,
        host: endpoint.ip,
        reachedBy: endpoint.kind === 'pod' ? 'pod IP' : 'address',
        port,
        protocol,
        endpoint,
        endpointPort: port,
      });
    }
  }

  /** By every Service that leads to the pod's port. */
  before(id: string, title: string, pod: PodEndpoint, endpointPort: number, protocol: Protocol): void {
    const found = this.#state.services.filter(
      (each) => isSame(each.endpoint, pod) && each.endpointPort === endpointPort && each.protocol === protocol,
    );
    for (const [index, { namespace, name, port }] of found.entries()) {
      const suffix = index === 0 ? '' : `-${name}`;
      this.service(`${id}${suffix}`, title, { namespace, name }, port, protocol);
    }
  }

  /** By a Service's address and by its name. @param endpoint says better than the cluster who is behind it */
  service(id: string, title: string, service: ServiceName, port: number, protocol: Protocol, endpoint?: Endpoint) {
    const found = this.#state.services.find(
      (each) =>
        each.namespace === service.namespace &&
        each.name === service.name &&
        each.port === port &&
        each.protocol === protocol,
    );
    if (found === undefined) {
      return undefined;
    }
    const common = { port, protocol, endpoint: endpoint ?? found.endpoint, endpointPort: found.endpointPort };
    const what = `${title} ${port}/${protocol}`;
    const at = `${id}-${port}-${protocol.toLowerCase()}`;
    this.list.push(
      { ...common, id: `${at}-service`, title: `${what}, Service IP`, host: found.clusterIp, reachedBy: 'Service IP' },
      {
        ...common,
        id: `${at}-name`,
        title: `${what}, Service name`,
        host: `${service.name}.${service.namespace}.svc`,
        reachedBy: 'Service name',
      },
    );
    return found;
  }
}

function isSame(a: Endpoint, b: PodEndpoint): boolean {
  return a.kind === 'pod' && a.namespace === b.namespace && a.name === b.name;
}
