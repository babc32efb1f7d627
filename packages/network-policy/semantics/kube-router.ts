import type { V1NetworkPolicy, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node';
import type { ClusterPolicies, Endpoint, EngineSemantics, Flow, PodEndpoint, Protocol } from './cluster-policies.ts';
import { type Direction, directionsOf, isPolicyPod, type Rule, rulesOf, selects } from './policy-parts.ts';
import { anyPeerMatches, anyPortMatches, contains, prefixOf } from './rules.ts';

/** The versions whose source says, and whose node's probes show, what stands here. */
export const knownKubeRouters: readonly string[] = ['2.1.0'];

interface World {
  readonly policies: ClusterPolicies;
  readonly semantics: EngineSemantics;
}

/**
 * Whether a rule of the policy lets a flow pass at the pod's side, as kube-router 2.1.0 does it.
 *
 * Its rules match packets, and a policy of both types is asked about every packet from or to the pod: its rules of the
 * other direction let pass what goes from one selected pod to another.
 *
 * @returns the rule, e.g. `egress[0]`
 */
export function kubeRouterOpener(
  policy: V1NetworkPolicy,
  direction: Direction,
  flow: Flow,
  world: World,
): string | undefined {
  const other: Direction = direction === 'Ingress' ? 'Egress' : 'Ingress';
  const asked = directionsOf(policy).includes(other) ? [direction, other] : [direction];
  for (const each of asked) {
    const index = rulesOf(policy, each).findIndex((rule) => lets(rule, each, policy, flow, world));
    if (index >= 0) {
      return `${each.toLowerCase()}[${index}]`;
    }
  }
  return undefined;
}

function lets(rule: Rule, direction: Direction, policy: V1NetworkPolicy, flow: Flow, world: World): boolean {
  const [own, peer] = direction === 'Ingress' ? [flow.to, flow.from] : [flow.from, flow.to];
  if (!(isPolicyPod(own) && selects(policy, own))) {
    return false;
  }
  const { peers = [], ports = [] } = rule;
  const numbers = ports.filter(({ port }) => typeof port !== 'string');
  const named = resolved(rule, direction, policy, flow, world);
  const byNumber = ports.length === 0 || (numbers.length > 0 && anyPortMatches(numbers, flow));
  const byName = named.some((each) => isPortOf(each, flow) && each.pods.has(addressOf(flow.to)));
  if (peers.length === 0) {
    // In egress a name is its number, and that is open to everybody.
    return byNumber || byName || (direction === 'Egress' && named.some((each) => isPortOf(each, flow)));
  }
  const pods = peers.filter(({ ipBlock }) => ipBlock === undefined);
  const context = { ...world, policyNamespace: own.namespace, namespaces: world.policies.namespaces };
  if (pods.length > 0 && anyPeerMatches(pods, peer, context)) {
    // Names that nobody has leave no port to match: any will do.
    return byNumber || byName || (numbers.length === 0 && named.length === 0);
  }
  // Names aren't looked at for addresses in egress.
  return inBlocks(peers, peer.ip, world.semantics) && (byNumber || (direction === 'Ingress' && byName));
}

interface NamedPort {
  readonly number: number;
  readonly protocol: Protocol;
  /** Their addresses. */
  readonly pods: ReadonlySet<string>;
}

function isPortOf({ number, protocol }: NamedPort, flow: Flow): boolean {
  return number === flow.port && protocol === flow.protocol;
}

/** Names are looked up on the selected pods for ingress, for egress on the peers, or on the policy's namespace. */
function resolved(
  { peers = [], ports = [] }: Rule,
  direction: Direction,
  policy: V1NetworkPolicy,
  flow: Flow,
  { policies, semantics }: World,
): readonly NamedPort[] {
  const wanted = ports.filter(({ port }) => typeof port === 'string');
  if (wanted.length === 0) {
    return [];
  }
  const policyNamespace = policy.metadata?.namespace ?? '';
  const context = { policyNamespace, namespaces: policies.namespaces, semantics };
  const pods = peers.filter(({ ipBlock }) => ipBlock === undefined);
  const among = (policies.pods ?? [flow.from, flow.to])
    .filter(isPolicyPod)
    .filter((pod) =>
      direction === 'Ingress'
        ? selects(policy, pod)
        : peers.length === 0
          ? pod.namespace === policyNamespace
          : pods.length > 0 && anyPeerMatches(pods, pod, context),
    );
  return wanted.flatMap((port) => namedAmong(port, among, semantics));
}

function namedAmong(
  { port, protocol = 'TCP' }: V1NetworkPolicyPort,
  among: readonly PodEndpoint[],
  semantics: EngineSemantics,
): readonly NamedPort[] {
  const declares = ({ ports }: PodEndpoint, number?: number) =>
    ports.find(
      (each) => each.name === port && each.protocol === protocol && (number === undefined || each.number === number),
    );
  const numbers = new Set(among.flatMap((pod) => declares(pod)?.number ?? []));
  return [...numbers].map((number) => {
    const owners = among.filter((pod) => declares(pod, number) !== undefined);
    // The list of a pod's addresses is one for all its ports: whoever is added to one of them is added to all.
    const shared =
      semantics.reading === 'most' ? among.filter((pod) => owners.some((owner) => sharePort(owner, pod))) : [];
    return { number, protocol: protocolOf(protocol), pods: new Set([...owners, ...shared].map(({ ip }) => ip)) };
  });
}

function sharePort(a: PodEndpoint, b: PodEndpoint): boolean {
  return a.ports.some((one) =>
    b.ports.some((other) => one.name === other.name && one.number === other.number && one.protocol === other.protocol),
  );
}

const protocolOf = (text: string): Protocol => (text === 'UDP' || text === 'SCTP' ? text : 'TCP');
const addressOf = ({ ip }: Endpoint) => ip;

/** All blocks of a rule are one set, in which the narrowest network decides, wherever it was excepted from. */
function inBlocks(peers: readonly V1NetworkPolicyPeer[], ip: string, { reading }: EngineSemantics): boolean {
  const entries = peers
    .flatMap(({ ipBlock }) =>
      ipBlock === undefined
        ? []
        : [{ cidr: ipBlock.cidr, isIn: true }, ...(ipBlock.except ?? []).map((cidr) => ({ cidr, isIn: false }))],
    )
    .filter(({ cidr }) => contains(cidr, ip));
  const narrowest = Math.max(...entries.map(({ cidr }) => prefixOf(cidr)));
  const deciding = entries.filter(({ cidr }) => prefixOf(cidr) === narrowest);
  return reading === 'most'
    ? deciding.some(({ isIn }) => isIn)
    : deciding.length > 0 && deciding.every(({ isIn }) => isIn);
}
