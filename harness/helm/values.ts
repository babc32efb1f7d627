import type { KubeApi } from '../kube/api.ts';
import { Problem } from '../problem.ts';
import { documentOf } from './record.ts';
import { type StorageOptions, type StoredRecord, storedRecords } from './storage.ts';

/** Values as YAML has them. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What the newest deployed revision of a release was made with: the chart's own values under those that were given.
 * They may hold secrets: take out what is needed and print none of the rest.
 *
 * @throws Problem where there is no such release
 */
export async function releaseValues(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<Values> {
  const found = await storedRecords(api, { namespace, release, labels: 'status=deployed' }, options);
  const newest = found.toSorted((a, b) => versionOf(b) - versionOf(a))[0];
  if (newest === undefined) {
    throw new Problem({
      expected: `a deployed Helm release ${release} in namespace ${namespace}`,
      observed: 'there is none',
      next: 'look for it: helm list --all-namespaces',
    });
  }
  const { chart, config } = documentOf(newest);
  return coalesced(chart?.values ?? {}, config ?? {});
}

/** As helm does it: tables are merged, anything else is replaced, and null takes away. */
export function coalesced(defaults: Values, given: Values): Values {
  const result: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const before = result[key];
    if (value === null) {
      delete result[key];
    } else {
      result[key] = isTable(before) && isTable(value) ? coalesced(before, value) : value;
    }
  }
  return result;
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function versionOf({ metadata }: StoredRecord): number {
  return Number(metadata?.labels?.['version'] ?? 0);
}
