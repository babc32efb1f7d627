import type { KubeApi } from '@meho/kube/api/api';
import { KubeError } from '@meho/kube/api/kube-error';
import { deployments, namespaces } from '@meho/kube/api/resource';
import { isRunNamespace } from './run-namespaces.ts';

/** Errs on the side of production. */
const pattern = /prod|prd|live/i;
const usualNamespace = 'meho';

export interface ClusterNames {
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
}

/** Returns undefined if no name looks like production. */
export function productionName(names: ClusterNames): string | undefined {
  const [found] = Object.entries(names).filter(([, name]) => pattern.test(name));
  return found === undefined ? undefined : `the name of its ${found[0]} is ${found[1]}`;
}

export interface UnmanagedReleases {
  readonly namespaces: readonly string[];
  /** What couldn't be checked, as a sentence. */
  readonly unseen: string | undefined;
}

/**
 * Finds other MEHO releases by the label every chart sets (contract, "What every verifier does"). Without access to
 * other namespaces, checks at least their names.
 */
export async function findUnmanagedReleases(api: KubeApi, signal: AbortSignal): Promise<UnmanagedReleases> {
  const all = (await api.listMetadata(namespaces, {}, { signal })).items;
  const ours = new Set(
    all.filter(({ metadata }) => isRunNamespace(metadata?.labels)).map(({ metadata }) => metadata?.name),
  );
  const notOfRuns = (names: readonly (string | undefined)[]) =>
    [...new Set(names)].filter((name) => name !== undefined).filter((name) => !ours.has(name));
  try {
    const { items } = await api.listMetadata(deployments, { labels: 'app.kubernetes.io/name=meho' }, { signal });
    return { namespaces: notOfRuns(items.map(({ metadata }) => metadata?.namespace)), unseen: undefined };
  } catch (error) {
    if (!(error instanceof KubeError && error.status === 403)) {
      throw error;
    }
    return {
      namespaces: notOfRuns(all.map(({ metadata }) => metadata?.name).filter((name) => name === usualNamespace)),
      unseen: 'this identity may not look for releases in other namespaces',
    };
  }
}
