import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from '@kubernetes/client-node';
import type { Cell, Matrix } from '../matrix.ts';
import type { Endpoint, Flow } from './cluster-policies.ts';
import type { SideDecision } from './evaluate.ts';
import { nameOf } from './policy-parts.ts';
import { anyPeerMatches, anyPortMatches } from './rules.ts';

type Direction = 'egress' | 'ingress';
type Objects = Pick<Matrix, 'policies' | 'semantics'>;

interface Rule {
  /** E.g. `meho/meho egress[1]`. */
  readonly name: string;
  readonly peers: readonly V1NetworkPolicyPeer[] | undefined;
  readonly ports: readonly V1NetworkPolicyPort[] | undefined;
}

/**
 * Explains one side of a flow by the rule that matches. If none does, names the rules that miss only the peer or only
 * the port, because one of them was probably meant to match.
 */
export function explain(direction: Direction, { computed, source, target }: Cell, objects: Objects): string {
  const side = computed[direction];
  if (side.allowed) {
    return side.because === 'rule'
      ? `${explainDirection(side.rule, direction, objects)} matches`
      : unselected(direction);
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
  { policies, semantics }: Objects,
): readonly string[] {
  const peer: Endpoint = direction === 'egress' ? flow.to : flow.from;
  return policies.policies
    .filter((policy) => isolatedBy.includes(nameOf(policy)))
    .flatMap((policy) => {
      const context = {
        policyNamespace: policy.metadata?.namespace ?? '',
        namespaces: policies.namespaces,
        semantics,
      };
      return rulesOf(policy, direction).flatMap((rule) => {
        const samePeer = anyPeerMatches(rule.peers, peer, context);
        const samePort = anyPortMatches(rule.ports, flow);
        const misses = samePeer && !samePort ? 'port' : samePort && !samePeer ? 'peer' : undefined;
        return misses === undefined ? [] : [`${rule.name} (${words(rule, direction)}) misses by its ${misses}`];
      });
    })
    .slice(0, nearMissesListed);
}

function explainDirection(name: string, direction: Direction, { policies }: Objects): string {
  const rule = policies.policies.flatMap((policy) => rulesOf(policy, direction)).find((each) => each.name === name);
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
  const pods = podSelector === undefined ? 'pods' : describeSelector('pods', podSelector);
  return namespaceSelector === undefined
    ? `${pods} of its namespace`
    : `${pods} of ${describeSelector('namespaces', namespaceSelector)}`;
}

function portWords({ protocol = 'TCP', port, endPort }: V1NetworkPolicyPort): string {
  return `${port ?? 'any'}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`;
}

function describeSelector(what: string, { matchLabels = {}, matchExpressions = [] }: V1LabelSelector): string {
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator} ${values.join(',')}`.trim()),
  ];
  return requirements.length === 0 ? `all ${what}` : `${what} ${requirements.join(' ')}`;
}
