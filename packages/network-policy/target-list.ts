import type { NotMeasured, Target } from './matrix.ts';
import type { Endpoint, PodEndpoint, Protocol } from './semantics/cluster-policies.ts';
import type { ClusterState } from './semantics/read-cluster-policies.ts';
import type { Host } from './topology.ts';

export interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

export type Ports = readonly [number, Protocol];

/** Keeps ids unique. */
export class TargetList {
  readonly list: Target[] = [];
  readonly skipped: NotMeasured[] = [];
  readonly lost: NotMeasured[] = [];
  readonly #state: ClusterState;

  constructor(state: ClusterState) {
    this.#state = state;
  }

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

  /** What the probe serves there. Its SCTP is IPv4 only. */
  overIpv6(id: string, title: string, { ip6, ...pod }: PodEndpoint, serves: Host['serves']): void {
    if (ip6 !== undefined) {
      const ports = serves.filter(({ protocol }) => protocol !== 'SCTP');
      this.endpoint(
        `${id}-ipv6`,
        `${title} by IPv6`,
        { ...pod, ip: ip6 },
        ports.map(({ port, protocol }) => [port, protocol]),
      );
    }
  }

  /** By every Service of the pod's port. */
  before(id: string, title: string, pod: PodEndpoint, endpointPort: number, protocol: Protocol): void {
    const found = this.#state.services.filter(
      ({ behind, ...each }) =>
        behind.some((other) => isSame(other, pod)) && each.endpointPort === endpointPort && each.protocol === protocol,
    );
    if (found.length === 0) {
      const why = `no Service leads to ${pod.namespace}/${pod.name} on ${endpointPort}/${protocol}, or the pod isn't ready`;
      this.skipped.push({ what: `the ${title} by Service IP and Service name`, why });
    }
    for (const [index, { namespace, name, port }] of found.entries()) {
      const suffix = index === 0 ? '' : `-${name}`;
      this.service(`${id}${suffix}`, title, { namespace, name }, port, protocol);
    }
  }

  /** By address and name. @param endpoint overrides the cluster's backend */
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
    const { behind, endpointPort } = found;
    const whom = endpoint === undefined ? { endpoint: found.endpoint, behind } : { endpoint };
    const common = { port, protocol, ...whom, endpointPort };
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
