import { isIPv6 } from 'node:net';
import type { Cell, NotMeasured, Source, Target } from './matrix.ts';
import type { ProbeContainer } from './probe/ask-probe.ts';
import type { KernelFacts, PlacedProbes } from './probe/place.ts';
import type { Endpoint, PodEndpoint } from './semantics/cluster-policies.ts';
import type { ClusterState } from './semantics/read-cluster-policies.ts';
import { clusterDnsId } from './targets.ts';
import { sourceTitles } from './topology.ts';

interface From {
  readonly source: Source;
  readonly container: ProbeContainer;
}

/** A source whose pod is gone is reported, since its flows go too. */
export function sourcesOf(
  { containers }: Pick<PlacedProbes, 'containers'>,
  { pods }: Pick<ClusterState, 'pods'>,
): { readonly sources: readonly From[]; readonly lost: readonly NotMeasured[] } {
  const sources: From[] = [];
  const lost: NotMeasured[] = [];
  for (const [id, container] of containers) {
    const pod = pods.find(({ namespace, name }) => namespace === container.namespace && name === container.pod);
    if (pod === undefined) {
      const why = `${container.namespace}/${container.pod} no longer runs`;
      lost.push({ what: `flows from the ${sourceTitles[id]}`, why });
    } else {
      sources.push({ container, source: { id, title: sourceTitles[id], pod } });
    }
  }
  return { sources, lost };
}

/** Skips and reports what kernel or cluster lack. */
export function measurableTargets(
  targets: readonly Target[],
  { sctp, ipv6 }: KernelFacts,
): { readonly targets: readonly Target[]; readonly skipped: readonly NotMeasured[] } {
  const hasSctp = sctp === 'available';
  const skipped: NotMeasured[] = [];
  if (!hasSctp) {
    const count = targets.filter(({ protocol }) => protocol === 'SCTP').length;
    skipped.push({ what: `SCTP (${count} targets)`, why: `the kernel of the node says: ${sctp}` });
  }
  if (targets.some(({ host }) => isIPv6(host))) {
    skipped.push({
      what: 'SCTP by IPv6, Services by IPv6',
      why: 'the probe and the Services of the matrix speak IPv4 there',
    });
  } else {
    const why =
      ipv6.length === 0
        ? "the cluster's pods have no IPv6 address"
        : 'pods have IPv6, but the API names no such address';
    skipped.push({ what: 'IPv6', why });
  }
  return { targets: targets.filter(({ protocol }) => hasSctp || protocol !== 'SCTP'), skipped };
}

export function sourceFor(pod: PodEndpoint, { ip }: Endpoint): PodEndpoint {
  return isIPv6(ip) && pod.ip6 !== undefined ? { ...pod, ip: pod.ip6 } : pod;
}

/**
 * Drops names for pods without DNS access, if their DNS cells are denied. Otherwise an unresolved name remains a failed
 * probe.
 */
export function withoutUnresolvableNames(cells: readonly Cell[]): {
  readonly kept: readonly Cell[];
  readonly unnamed: readonly NotMeasured[];
} {
  const isDns = ({ target }: Cell) =>
    target.id.startsWith(clusterDnsId) && target.protocol === 'UDP' && target.reachedBy !== 'Service name';
  const isUnnamed = (cell: Cell) => {
    const own = cells.filter((each) => each.source.id === cell.source.id && isDns(each));
    return (
      cell.observed.obstacle === 'name not resolved' &&
      own.length > 0 &&
      own.every(({ observed }) => observed.answer === 'timed out' || observed.answer === 'refused')
    );
  };
  const unnamed = Map.groupBy(cells.filter(isUnnamed), ({ source }) => source.title);
  return {
    kept: cells.filter((cell) => !isUnnamed(cell)),
    unnamed: [...unnamed].map(([title, { length }]) => ({
      what: `${length} targets by Service name, from the ${title}`,
      why: 'its DNS is denied, as its cells for cluster DNS show, so that it has no address for a name',
    })),
  };
}

/**
 * A pod's path to itself meets no policy, but shows that it answers. A Service with itself and others behind it would
 * be open at times.
 */
export function isWorthwhile(pod: PodEndpoint, { endpoint, behind, reachedBy }: Target, withItself: boolean): boolean {
  const isItself = (other: Endpoint) =>
    other.kind === 'pod' && other.namespace === pod.namespace && other.name === pod.name;
  const mayMeetItself = isItself(endpoint) || (behind ?? []).some(isItself);
  return !mayMeetItself || (withItself && reachedBy === 'pod IP');
}
