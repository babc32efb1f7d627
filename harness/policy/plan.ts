import { isIPv6 } from 'node:net';
import type { Cell, NotMeasured, Source, Target } from './matrix.ts';
import type { Stand } from './probe/ask.ts';
import type { KernelFacts, Placed } from './probe/place.ts';
import type { ClusterState } from './read-world.ts';
import { sourceTitles } from './scene.ts';
import { clusterDnsId } from './targets.ts';
import type { Endpoint, PodEndpoint } from './world.ts';

/** A pod with a probe in it. */
interface From {
  readonly source: Source;
  readonly stand: Stand;
}

/** Where probes start. A place whose pod is gone takes its flows with it, which has to be told. */
export function sourcesOf(
  { stands }: Pick<Placed, 'stands'>,
  { pods }: Pick<ClusterState, 'pods'>,
): { readonly sources: readonly From[]; readonly lost: readonly NotMeasured[] } {
  const sources: From[] = [];
  const lost: NotMeasured[] = [];
  for (const [id, stand] of stands) {
    const pod = pods.find(({ namespace, name }) => namespace === stand.namespace && name === stand.pod);
    if (pod === undefined) {
      const why = `${stand.namespace}/${stand.pod} no longer runs`;
      lost.push({ what: `flows from the ${sourceTitles[id]}`, why });
    } else {
      sources.push({ stand, source: { id, title: sourceTitles[id], pod } });
    }
  }
  return { sources, lost };
}

/** What the kernel or the cluster doesn't have is not asked for, and said so. */
export function askable(
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

/** The source as its packets to this endpoint show it: by the address of the endpoint's family. */
export function from(pod: PodEndpoint, { ip }: Endpoint): PodEndpoint {
  return isIPv6(ip) && pod.ip6 !== undefined ? { ...pod, ip: pod.ip6 } : pod;
}

/**
 * Who may not ask DNS can't be probed by name. That is what its denied DNS says, which has cells of its own; without
 * these, or where they are open, a name that doesn't resolve stays a cell that could not be probed.
 */
export function withoutNames(cells: readonly Cell[]): {
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
 * A pod's way to itself meets no policy; it tells that the pod answers, where no other pod may ask it. A Service that
 * leads back to the pod as well as to others would be open at times.
 */
export function isWorthwhile(pod: PodEndpoint, { endpoint, behind, reachedBy }: Target, withItself: boolean): boolean {
  const isItself = (other: Endpoint) =>
    other.kind === 'pod' && other.namespace === pod.namespace && other.name === pod.name;
  const mayMeetItself = isItself(endpoint) || (behind ?? []).some(isItself);
  return !mayMeetItself || (withItself && reachedBy === 'pod IP');
}
