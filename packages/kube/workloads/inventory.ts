import type { KubeApi } from '../api/api.ts';
import { KubeError } from '../api/kube-error.ts';
import type { Resource } from '../api/resource.ts';

/** Transient and part of no release. */
const passing = new Set(['Event', 'PodMetrics']);

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** Lists sorted `Kind/name`, to compare before and after without knowing the chart. */
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
        // Unavailable or forbidden aggregated APIs hold no chart objects.
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

/** Whether an aggregated server may serve it: metrics, or a vendor's. */
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
