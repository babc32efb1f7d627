import type { KubeApi, MetadataOnly } from '../kube/api.ts';
import { type Revision, revisionOf } from './record.ts';
import { recordLabels, type StorageOptions, storedRecord, storedRecords } from './storage.ts';

export interface RevisionStatus {
  readonly revision: number;
  readonly status: string;
}

/**
 * The revisions of a release with their statuses, oldest first, from the labels of Helm's records: neither the helm
 * program nor the values inside are needed. Empty where there is no such release.
 */
export async function revisionStatuses(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<readonly RevisionStatus[]> {
  const found = await recordLabels(api, { namespace, release }, options);
  return found.flatMap(statusOf).sort((a, b) => a.revision - b.revision);
}

function statusOf({ metadata }: MetadataOnly): RevisionStatus[] {
  const { version, status } = metadata?.labels ?? {};
  return version === undefined || status === undefined ? [] : [{ revision: Number(version), status }];
}

/**
 * The whole history of a release, oldest first.
 *
 * @throws HelmRecordError when a record doesn't hold what Helm writes
 */
export async function history(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<readonly Revision[]> {
  const found = await storedRecords(api, { namespace, release }, options);
  return found.map(revisionOf).sort((a, b) => a.revision - b.revision);
}

/**
 * The newest revision alone, whatever became of it; undefined where there is no such release. A long history is some
 * megabytes.
 *
 * @throws HelmRecordError when its record doesn't hold what Helm writes
 */
export async function newestRevision(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<Revision | undefined> {
  const found = await recordLabels(api, { namespace, release }, options);
  const newest = found.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1)?.metadata?.name;
  const record = newest === undefined ? undefined : await storedRecord(api, namespace, newest, options);
  return record && revisionOf(record);
}

function versionOf({ metadata }: MetadataOnly): number {
  return Number(metadata?.labels?.['version'] ?? 0);
}
