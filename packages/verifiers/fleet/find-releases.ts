import type { KubeApi, MetadataOnly } from '@meho/kube/api/api';
import { deployments, type Ingress, ingresses, services } from '@meho/kube/api/resource';

export interface FoundRelease {
  readonly namespace: string;
  readonly release: string;
  /** That its Ingresses name, without wildcards. */
  readonly hosts: readonly string[];
  /** Of its objects: no two clusters have one in common, unless one is a copy. */
  readonly uids: readonly string[];
  /** These and their versions: whether anything has changed since. */
  readonly objects: string;
}

export interface FoundReleases {
  /** By namespace and name. */
  readonly releases: readonly FoundRelease[];
  /** Objects with the labels asked for and without a release's name. */
  readonly nameless: readonly string[];
}

export interface ReleaseSearch {
  readonly selector: string;
  /** All where empty. */
  readonly namespaces: readonly string[];
  /** Whether Ingresses are of use. */
  readonly needsHosts: boolean;
  readonly signal: AbortSignal;
}

const INSTANCE = 'app.kubernetes.io/instance';

/**
 * A release is known by any of its Deployments, Services and Ingresses: one that lost its Deployment is still found.
 * @throws KubeError, TransportError or NotKubernetes if these can't be listed
 */
export async function findReleases(
  api: KubeApi,
  { selector: labels, namespaces, needsHosts, signal }: ReleaseSearch,
): Promise<FoundReleases> {
  const scopes = namespaces.length === 0 ? [{ labels }] : namespaces.map((namespace) => ({ namespace, labels }));
  const lists = await Promise.all(
    scopes.flatMap((scope) => [
      api.listMetadata(deployments, scope, { signal }),
      api.listMetadata(services, scope, { signal }),
      needsHosts ? api.list(ingresses, scope, { signal }) : { items: [] as readonly Ingress[] },
    ]),
  );
  const found = new Map<string, FoundRelease>();
  const nameless: string[] = [];
  for (const item of lists.flatMap(({ items }): readonly (MetadataOnly & Pick<Ingress, 'spec'>)[] => items)) {
    const { namespace = '', name = '', uid, resourceVersion, labels: own } = item.metadata ?? {};
    const release = own?.[INSTANCE] ?? '';
    if (release === '') {
      nameless.push(`${namespace}/${name}`);
      continue;
    }
    const key = `${namespace}/${release}`;
    const before = found.get(key);
    found.set(key, {
      namespace,
      release,
      hosts: [...new Set([...(before?.hosts ?? []), ...hostsOf(item)])],
      uids: [...(before?.uids ?? []), ...(uid === undefined ? [] : [uid])],
      objects: `${before?.objects ?? ''}${uid}:${resourceVersion} `,
    });
  }
  return {
    releases: [...found.values()].toSorted((a, b) => compare(keyOf(a), keyOf(b))),
    nameless: [...new Set(nameless)].toSorted(compare),
  };
}

function hostsOf({ spec }: Pick<Ingress, 'spec'>): readonly string[] {
  return (spec?.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== '' && !host.startsWith('*'));
}

export function keyOf({ namespace, release }: Pick<FoundRelease, 'namespace' | 'release'>): string {
  return `${namespace}/${release}`;
}

/** Alike everywhere, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
