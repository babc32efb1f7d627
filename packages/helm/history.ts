import type { KubeApi, MetadataOnly } from '@meho/kube/api/api';
import { collectGarbage } from './collect-garbage.ts';
import { type Revision, revisionOf } from './record.ts';
import { recordLabels, type StorageOptions, storedRecord } from './storage.ts';

export interface RevisionStatus {
  readonly revision: number;
  readonly status: string;
}

/** Oldest first, from record labels alone, without helm. Empty if there is no release. */
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

/** Each unpacks to some megabytes. */
const inFlight = 2;
/** Of records; unpacking makes ten times as much of them. */
const COLLECT_EVERY_BYTES = 1024 * 1024;

/**
 * Reads all revisions, oldest first, one record at a time: together a long history is more than one list may hold, and
 * more than may be kept. Only the newest has its manifest and notes.
 *
 * @throws HelmRecordError for a record that Helm wouldn't write
 */
export async function history(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<readonly Revision[]> {
  const found = await recordLabels(api, { namespace, release }, options);
  const newest = newestName(found);
  const names = found.flatMap(({ metadata }) => metadata?.name ?? []).values();
  const revisions: Revision[] = [];
  let sinceCollected = 0;
  const readOn = async () => {
    for (const name of names) {
      const record = await storedRecord(api, namespace, name, options);
      // Helm removes the oldest beside a deployment.
      if (record !== undefined) {
        const revision = revisionOf(record);
        revisions.push(name === newest ? revision : summaryOf(revision));
        sinceCollected += record.data?.['release']?.length ?? 0;
        if (sinceCollected > COLLECT_EVERY_BYTES) {
          sinceCollected = 0;
          collectGarbage();
        }
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, readOn));
  return revisions.sort((a, b) => a.revision - b.revision);
}

/** Digests instead of what they are of, which is then forgotten. */
function summaryOf({ manifest: _, notes: __, ...revision }: Revision): Revision {
  revision.content();
  for (const hook of revision.hooks) {
    hook.definition();
  }
  return revision;
}

export interface Latest {
  readonly revision: Revision;
  /** How many records of earlier revisions are left. */
  readonly earlier: number;
}

/**
 * Reads the newest revision, whatever its status: a long history is some megabytes. Undefined if there is no release.
 *
 * @throws HelmRecordError for a record that Helm wouldn't write
 */
export async function latestRevision(
  api: KubeApi,
  namespace: string,
  release: string,
  options: StorageOptions = {},
): Promise<Latest | undefined> {
  const found = await recordLabels(api, { namespace, release }, options);
  const newest = newestName(found);
  const record = newest === undefined ? undefined : await storedRecord(api, namespace, newest, options);
  return record && { revision: revisionOf(record), earlier: found.length - 1 };
}

export async function newestRevision(...of: Parameters<typeof latestRevision>): Promise<Revision | undefined> {
  return (await latestRevision(...of))?.revision;
}

function newestName(found: readonly MetadataOnly[]): string | undefined {
  return found.toSorted((a, b) => versionOf(a) - versionOf(b)).at(-1)?.metadata?.name;
}

function versionOf({ metadata }: MetadataOnly): number {
  return Number(metadata?.labels?.['version'] ?? 0);
}
