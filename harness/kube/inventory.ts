import type { KubeApi } from './api.ts';
import { KubeError } from './kube-error.ts';
import type { Resource } from './resource.ts';

/** Kinds that come and go by themselves and belong to nobody's release. */
const passing = new Set(['Event', 'PodMetrics']);

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/**
 * Every object in a namespace, of every kind that the server knows and lets us list, as sorted `Kind/name`: what was
 * there before against what is there afterwards needs no knowledge of what a chart makes.
 */
export async function inventory(api: KubeApi, namespace: string, signal?: AbortSignal): Promise<readonly string[]> {
  const options = signal === undefined ? {} : { signal };
  const kinds = await listableKinds(api, options);
  const lists = await Promise.all(
    kinds.map(async (resource) => {
      try {
        const call = { ...options, isAskedOnce: mayBeAway(resource) };
        const { items } = await api.listMetadata(resource, { namespace }, call);
        return items.map(({ metadata }) => `${resource.kind}/${metadata?.name}`);
      } catch (error) {
        // An aggregated API whose server is away, or one that this identity may not list, has no objects of a chart.
        const passedOver = mayBeAway(resource) ? [403, 404, 405, 503] : [403, 404, 405];
        if (error instanceof KubeError && passedOver.includes(error.status)) {
          return [];
        }
        throw error;
      }
    }),
  );
  return [...new Set(lists.flat())].toSorted();
}

/** Whether a server of its own may answer for a kind, behind the API server: metrics, or what a vendor has brought. */
function mayBeAway({ apiVersion }: Resource<unknown>): boolean {
  const [group = ''] = apiVersion.split('/');
  return group.includes('.') && (!group.endsWith('.k8s.io') || group.endsWith('metrics.k8s.io'));
}

async function listableKinds(
  api: KubeApi,
  options: { readonly signal?: AbortSignal },
): Promise<readonly Resource<unknown>[]> {
  const groups: { groups: readonly { preferredVersion: { groupVersion: string } }[] } = JSON.parse(
    await api.text('/apis', options),
  );
  const versions = ['v1', ...groups.groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found = await Promise.all(
    versions.map(async (apiVersion) => {
      const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
      const list: { resources: readonly ApiResource[] } = JSON.parse(await api.text(path, options));
      return list.resources
        .filter(
          ({ name, namespaced, verbs, kind }) =>
            namespaced && verbs.includes('list') && !name.includes('/') && !passing.has(kind),
        )
        .map(({ name, kind }) => ({ apiVersion, kind, plural: name, namespaced: true }));
    }),
  );
  return found.flat();
}
