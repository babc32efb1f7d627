import { holds, notYet, waitFor } from '@meho/core/wait/wait-for';
import type { KubeApi } from '@meho/kube/api/api';
import { configMaps, namespaces } from '@meho/kube/api/resource';
import { stringify } from 'yaml';

/** Waits, because the cluster's own removals and additions would look like the suite's doing. */
export function waitForIdleCluster(admin: KubeApi): Promise<void> {
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

/** ConfigMaps serve as a sample of contents. */
export async function contentsOf(admin: KubeApi): Promise<ReadonlyMap<string, string>> {
  const spaces = (await admin.list(namespaces, {})).items;
  const maps = (await admin.listMetadata(configMaps, {})).items;
  return new Map([
    ...spaces.map(({ metadata }) => [metadata?.name ?? '', `${metadata?.uid} ${stringify(metadata?.labels)}`] as const),
    ...maps.map(({ metadata }) => [`${metadata?.namespace}/${metadata?.name}`, metadata?.uid ?? ''] as const),
  ]);
}
