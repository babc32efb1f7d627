import { stringify } from 'yaml';
import type { KubeApi } from '../kube/api.ts';
import { configMaps, namespaces } from '../kube/resource.ts';
import { holds, notYet, waitFor } from '../wait/wait-for.ts';

/**
 * Waits until the cluster does nothing by itself any more: it removes probes' and fills new namespaces, and that must
 * not look like the suite's doing.
 */
export function atRest(admin: KubeApi): Promise<void> {
  return waitFor(
    'the lab to be at rest',
    async () => {
      const spaces = (await admin.list(namespaces, {})).items;
      const maps = (await admin.listMetadata(configMaps, {})).items;
      const filled = new Set(maps.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
      const restless = spaces
        .filter(
          ({ metadata }) =>
            metadata?.deletionTimestamp !== undefined || !filled.has(`${metadata?.name}/kube-root-ca.crt`),
        )
        .map(({ metadata }) => metadata?.name);
      return restless.length === 0 ? holds(undefined) : notYet(restless.join(', '));
    },
    { deadlineMs: 120_000 },
  );
}

/** Namespaces with their labels, and ConfigMaps as a sample of what is in them. */
export async function contentsOf(admin: KubeApi): Promise<ReadonlyMap<string, string>> {
  const spaces = (await admin.list(namespaces, {})).items;
  const maps = (await admin.listMetadata(configMaps, {})).items;
  return new Map([
    ...spaces.map(({ metadata }) => [metadata?.name ?? '', `${metadata?.uid} ${stringify(metadata?.labels)}`] as const),
    ...maps.map(({ metadata }) => [`${metadata?.namespace}/${metadata?.name}`, metadata?.uid ?? ''] as const),
  ]);
}
