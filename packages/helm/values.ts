import { Problem } from '@meho/core/problem';
import type { KubeApi } from '@meho/kube/api/api';
import { documentOf } from './record.ts';
import { type StorageOptions, type StoredRecord, storedRecords } from './storage.ts';

export type Values = Readonly<Record<string, unknown>>;

/**
 * Values of the newest deployed revision: the given ones over the chart's. May hold secrets: take what you need and
 * print nothing else.
 *
 * @throws Problem if there is no release
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
  return coalesceValues(chart?.values ?? {}, config ?? {});
}

/** Like helm: merges tables, replaces the rest, and null removes. */
export function coalesceValues(defaults: Values, given: Values): Values {
  const result: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    const before = result[key];
    if (value === null) {
      delete result[key];
    } else {
      result[key] = isTable(before) && isTable(value) ? coalesceValues(before, value) : value;
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
