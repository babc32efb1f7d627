import type { Snapshot } from './snapshot.ts';

interface Marked {
  readonly metadata?: {
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string }[];
  };
}

type Lists = Pick<Snapshot, 'pods' | 'jobs' | 'replicaSets' | 'ingresses'>;

/**
 * Leaves out what another release of the namespace has, so that a neighbour's crash loop stops nobody's install. What
 * no release has marked stays: an operator may have made it for this one.
 *
 * @param others the releases that Helm has recorded besides this one
 */
export function withoutNeighbours<T extends Lists>(snapshot: T, others: ReadonlySet<string>): T {
  const owners = new Map([...snapshot.replicaSets, ...snapshot.jobs].map((each) => [each.metadata?.uid, each]));
  const isOwn = (object: Marked): boolean => {
    const owner = object.metadata?.ownerReferences
      ?.map(({ uid }) => owners.get(uid))
      .find((each) => each !== undefined);
    const release = (owner && releaseOf(owner)) ?? releaseOf(object);
    return release === undefined || !others.has(release);
  };
  const { pods, jobs, replicaSets, ingresses } = snapshot;
  return {
    ...snapshot,
    pods: pods.filter(isOwn),
    jobs: jobs.filter(isOwn),
    replicaSets: replicaSets.filter(isOwn),
    ingresses: ingresses.filter(isOwn),
  };
}

/** By Helm's mark, which a ReplicaSet has from its Deployment; hooks have only the chart's label. */
function releaseOf({ metadata }: Marked): string | undefined {
  return metadata?.annotations?.['meta.helm.sh/release-name'] ?? metadata?.labels?.['app.kubernetes.io/instance'];
}
