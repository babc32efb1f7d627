import type { KubeApi } from '../kube/api.ts';
import { KubeError } from '../kube/kube-error.ts';
import { deployments, namespaces } from '../kube/resource.ts';
import { isOurs } from './run-namespaces.ts';

/** As it is written in names of contexts, clusters and hosts. Too much is taken for production rather than too little. */
const pattern = /prod|prd|live/i;
/** The namespace in which MEHO is installed by default. */
const usualNamespace = 'meho';

export interface ClusterNames {
  readonly context: string;
  readonly cluster: string;
  /** Host of the API server. */
  readonly server: string;
}

/** Which of its names makes a cluster look like production; undefined where none does. */
export function productionName(names: ClusterNames): string | undefined {
  const [found] = Object.entries(names).filter(([, name]) => pattern.test(name));
  return found === undefined ? undefined : `the name of its ${found[0]} is ${found[1]}`;
}

export interface ForeignReleases {
  /** Namespaces with a MEHO that no run of ours has installed. */
  readonly namespaces: readonly string[];
  /** What could not be looked at, as a sentence. */
  readonly unseen: string | undefined;
}

/**
 * Looks for releases of MEHO that somebody else runs: by the label that every chart of it sets (contract, "What every
 * verifier does"). An identity that may not look into other namespaces is told the namespaces' names at least.
 */
export async function foreignReleases(api: KubeApi, signal: AbortSignal): Promise<ForeignReleases> {
  const all = (await api.listMetadata(namespaces, {}, { signal })).items;
  const ours = new Set(all.filter(({ metadata }) => isOurs(metadata?.labels)).map(({ metadata }) => metadata?.name));
  const foreign = (names: readonly (string | undefined)[]) =>
    [...new Set(names)].filter((name) => name !== undefined).filter((name) => !ours.has(name));
  try {
    const { items } = await api.listMetadata(deployments, { labels: 'app.kubernetes.io/name=meho' }, { signal });
    return { namespaces: foreign(items.map(({ metadata }) => metadata?.namespace)), unseen: undefined };
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 403)) {
      throw error;
    }
    return {
      namespaces: foreign(all.map(({ metadata }) => metadata?.name).filter((name) => name === usualNamespace)),
      unseen: 'this identity may not look for releases in namespaces of others',
    };
  }
}
