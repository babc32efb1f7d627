import type { Declared, Source, Target } from './matrix.ts';
import { inRange } from './semantics/cidr.ts';
import type { Endpoint, PodEndpoint } from './semantics/cluster-policies.ts';
import type { Labels } from './semantics/label-selector.ts';

/** Named as in the chart's values.yaml. */
export interface PolicyValues {
  readonly nameOverride: string;
  readonly networkPolicy: {
    readonly enabled: boolean;
    readonly ingressControllerNamespace: string;
    /** May call the backplane, if the chart has it (contract, "Two dialects"). */
    readonly ingestAllowedNamespaces?: readonly string[];
    readonly postgresCIDR: string;
    readonly vaultCIDR: string;
    readonly keycloakCIDR: string;
  };
  readonly broadcast: { readonly enabled: boolean; readonly service: { readonly port: number } };
}

export interface ReleaseFacts {
  readonly namespace: string;
  readonly release: string;
  /**
   * Roles known from owners, by `namespace/name`: a pod that lost a label keeps its promise. Other pods go by labels.
   */
  readonly members?: ReadonlyMap<string, Role>;
}

/** Contract: seed, "NetworkPolicy", and "The backplane's surface" for the backplane's own. */
const ports = { backplane: 8000, postgres: 5432, vault: 8200, keycloak: 443, dns: 53 } as const;
const clusterDns = { namespace: 'kube-system', label: 'k8s-app', value: 'kube-dns' } as const;

/**
 * What the contract (seed, "NetworkPolicy" and "Broadcast subchart") promises of a flow, regardless of NetworkPolicy
 * objects and their evaluation. It also holds on the node's network, where no policy applies.
 */
export function declare(values: PolicyValues, facts: ReleaseFacts): (source: Source, target: Target) => Declared {
  return (source, target) => {
    if (!values.networkPolicy.enabled) {
      return { allowed: true, rule: 'networkPolicy.enabled is false: the release restricts nothing' };
    }
    const flow = { source: source.pod, target };
    if (isSamePod(source.pod, target.endpoint)) {
      return { allowed: true, rule: 'a pod reaches itself' };
    }
    const [out, into] = [egress(flow, values, facts), ingress(flow, values, facts)];
    const about = promiseOf(flow, [out, into], values, facts);
    const { allowed, rule } = out.allowed && into.restricted ? into : out;
    return { allowed, rule, ...(about === undefined ? {} : { about }) };
  };
}

/** Undefined if another promise closes the flow too. */
function promiseOf(
  { source, target }: DeclaredFlow,
  [out, into]: readonly [Side, Side],
  values: PolicyValues,
  facts: ReleaseFacts,
): Declared['about'] {
  const [from, to] = [roleOf(source, values, facts), roleOf(target.endpoint, values, facts)];
  const closing = [...(out.allowed ? [] : [from]), ...(into.allowed ? [] : [to])];
  if (closing.length === 0) {
    return to === 'broadcast' && from !== 'none' ? 'broadcast' : undefined;
  }
  if (closing.every((role) => role === 'broadcast')) {
    return 'broadcast';
  }
  return into.allowed && from !== 'broadcast' && target.endpointPort === ports.dns ? 'dns' : undefined;
}

/** The backplane's promises apply to the migration's pods too. */
export type Role = 'backplane' | 'migration' | 'broadcast' | 'none';

function roleOf(
  endpoint: Endpoint,
  { nameOverride, broadcast }: PolicyValues,
  { namespace, release, members }: ReleaseFacts,
): Role {
  if (endpoint.kind !== 'pod' || endpoint.namespace !== namespace) {
    return 'none';
  }
  const known = members?.get(`${endpoint.namespace}/${endpoint.name}`);
  if (known !== undefined) {
    return known;
  }
  const name = label(endpoint.labels, 'name');
  if (label(endpoint.labels, 'instance') !== release) {
    return 'none';
  }
  if (name === 'broadcast') {
    // Without a broadcast, its labels mean nothing.
    return broadcast.enabled ? 'broadcast' : 'none';
  }
  if (name !== nameOverride) {
    return 'none';
  }
  return label(endpoint.labels, 'component') === 'migrate' ? 'migration' : 'backplane';
}

interface DeclaredFlow {
  readonly source: PodEndpoint;
  readonly target: Target;
}

/** `restricted` if the contract says anything about this side. */
interface Side extends Declared {
  readonly restricted: boolean;
}

function egress({ source, target }: DeclaredFlow, values: PolicyValues, facts: ReleaseFacts): Side {
  const role = roleOf(source, values, facts);
  if (role === 'none') {
    return { allowed: true, restricted: false, rule: "not the release's: the contract leaves it open" };
  }
  if (role === 'broadcast') {
    return closed('default deny: the broadcast calls nobody');
  }
  const { postgresCIDR, vaultCIDR, keycloakCIDR } = values.networkPolicy;
  const tcp = target.protocol === 'TCP';
  const { endpoint, endpointPort: port } = target;
  const upstreams = [
    { name: 'Postgres', cidr: postgresCIDR, port: ports.postgres },
    { name: 'Vault', cidr: vaultCIDR, port: ports.vault },
    { name: 'Keycloak', cidr: keycloakCIDR, port: ports.keycloak },
  ];
  const upstream = upstreams.find((each) => tcp && port === each.port && inRange(each.cidr, endpoint.ip));
  if (upstream !== undefined) {
    return open(`egress to ${upstream.name}: ${upstream.cidr}, ${upstream.port}/TCP`);
  }
  if (isClusterDns(endpoint) && target.protocol === 'UDP' && port === ports.dns) {
    return open('egress to cluster DNS: 53/UDP');
  }
  const { enabled, service } = values.broadcast;
  if (enabled && tcp && port === service.port && roleOf(endpoint, values, facts) === 'broadcast') {
    return open(`egress to the broadcast: ${service.port}/TCP`);
  }
  return closed(`default deny: no egress rule of the ${role} names ${port}/${target.protocol} of this host`);
}

function ingress({ source, target }: DeclaredFlow, values: PolicyValues, facts: ReleaseFacts): Side {
  const role = roleOf(target.endpoint, values, facts);
  if (role === 'none') {
    return { allowed: true, restricted: false, rule: "not the release's: the contract leaves it open" };
  }
  const port = `${target.endpointPort}/${target.protocol}`;
  if (role === 'broadcast') {
    const own = `${values.broadcast.service.port}/TCP`;
    return roleOf(source, values, facts) === 'backplane' && port === own
      ? open(`ingress to the broadcast: from the backplane, ${own}`)
      : closed(`default deny: the broadcast is reached by the backplane alone, on ${own}`);
  }
  const { ingressControllerNamespace, ingestAllowedNamespaces = [] } = values.networkPolicy;
  const own = `${ports.backplane}/TCP`;
  const callers = [...new Set([ingressControllerNamespace, ...ingestAllowedNamespaces])];
  return callers.includes(source.namespace) && port === own
    ? open(`ingress to the ${role}: from namespace ${source.namespace}, ${own}`)
    : closed(
        `default deny: the ${role} is reached from namespace${callers.length > 1 ? 's' : ''} ${callers.join(', ')} alone, on ${own}`,
      );
}

const open = (rule: string): Side => ({ allowed: true, restricted: true, rule });
const closed = (rule: string): Side => ({ allowed: false, restricted: true, rule });

function isClusterDns(endpoint: Endpoint): boolean {
  return (
    endpoint.kind === 'pod' &&
    endpoint.namespace === clusterDns.namespace &&
    endpoint.labels[clusterDns.label] === clusterDns.value
  );
}

function isSamePod(source: PodEndpoint, endpoint: Endpoint): boolean {
  return endpoint.kind === 'pod' && endpoint.namespace === source.namespace && endpoint.name === source.name;
}

function label(labels: Labels, name: 'name' | 'instance' | 'component'): string | undefined {
  return labels[`app.kubernetes.io/${name}`];
}
