import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import { nameOf, type SideDecision } from './evaluate.ts';
import type { Cell, Matrix } from './matrix.ts';
import { anyPeerMatches, anyPortMatches } from './rules.ts';
import type { Endpoint, Flow } from './world.ts';

type Direction = 'egress' | 'ingress';
/** The objects that a flow was judged by. */
type Objects = Pick<Matrix, 'world' | 'dialect'>;

interface Rule {
  /** E.g. `meho/meho egress[1]`. */
  readonly name: string;
  readonly peers: readonly V1NetworkPolicyPeer[] | undefined;
  readonly ports: readonly V1NetworkPolicyPort[] | undefined;
}

/**
 * What the objects say of one side of a flow, with the rule's own words: the one that matches, or of those that don't,
 * the ones that miss by the peer or by the port alone, among which the one that should have matched is found.
 */
export function explain(direction: Direction, { computed, source, target }: Cell, objects: Objects): string {
  const side = computed[direction];
  if (side.allowed) {
    return side.because === 'rule' ? `${worded(side.rule, direction, objects)} matches` : unselected(direction);
  }
  const flow = { from: source.pod, to: target.endpoint, port: target.endpointPort, protocol: target.protocol };
  const near = nearMisses(side, direction, flow, objects);
  return [`no rule of ${side.isolatedBy.join(', ')} matches`, ...near].join('; ');
}

const unselected = (direction: Direction) => `no policy selects the ${direction === 'egress' ? 'source' : 'target'}`;

const nearMissesListed = 3;

function nearMisses(
  { isolatedBy }: Extract<SideDecision, { readonly allowed: false }>,
  direction: Direction,
  flow: Flow,
  { world, dialect }: Objects,
): readonly string[] {
  const peer: Endpoint = direction === 'egress' ? flow.to : flow.from;
  return world.policies
    .filter((policy) => isolatedBy.includes(nameOf(policy)))
    .flatMap((policy) => {
      const context = { policyNamespace: policy.metadata?.namespace ?? '', namespaces: world.namespaces, dialect };
      return rulesOf(policy, direction).flatMap((rule) => {
        const samePeer = anyPeerMatches(rule.peers, peer, context);
        const samePort = anyPortMatches(rule.ports, flow);
        const misses = samePeer && !samePort ? 'port' : samePort && !samePeer ? 'peer' : undefined;
        return misses === undefined ? [] : [`${rule.name} (${words(rule, direction)}) misses by its ${misses}`];
      });
    })
    .slice(0, nearMissesListed);
}

/** A rule's name with what it says; the name alone where the object is not at hand. */
function worded(name: string, direction: Direction, { world }: Objects): string {
  const rule = world.policies.flatMap((policy) => rulesOf(policy, direction)).find((each) => each.name === name);
  return rule === undefined ? name : `${name} (${words(rule, direction)})`;
}

function rulesOf(policy: V1NetworkPolicy, direction: Direction): readonly Rule[] {
  const rules =
    direction === 'egress'
      ? (policy.spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
      : (policy.spec?.ingress ?? []).map(({ _from, ports }) => ({ peers: _from, ports }));
  return rules.map((rule, index) => ({ name: `${nameOf(policy)} ${direction}[${index}]`, ...rule }));
}

function words({ peers = [], ports = [] }: Rule, direction: Direction): string {
  const whom = peers.length === 0 ? 'anybody' : peers.map(peerWords).join(' or ');
  const which = ports.length === 0 ? 'any port' : ports.map(portWords).join(' or ');
  return `${direction === 'egress' ? 'to' : 'from'} ${whom}, ${which}`;
}

function peerWords({ ipBlock, namespaceSelector, podSelector }: V1NetworkPolicyPeer): string {
  if (ipBlock !== undefined) {
    const { cidr, except = [] } = ipBlock;
    return except.length === 0 ? cidr : `${cidr} except ${except.join(', ')}`;
  }
  const pods = podSelector === undefined ? 'pods' : selected('pods', podSelector);
  return namespaceSelector === undefined
    ? `${pods} of its namespace`
    : `${pods} of ${selected('namespaces', namespaceSelector)}`;
}

function portWords({ protocol = 'TCP', port, endPort }: V1NetworkPolicyPort): string {
  return `${port ?? 'any'}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`;
}

function selected(what: string, { matchLabels = {}, matchExpressions = [] }: V1LabelSelector): string {
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator} ${values.join(',')}`.trim()),
  ];
  return requirements.length === 0 ? `all ${what}` : `${what} ${requirements.join(' ')}`;
}
