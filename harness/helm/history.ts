import { gunzipSync } from 'node:zlib';
import type { CallOptions, KubeApi, MetadataOnly } from '../kube/api.ts';
import { type SecretObject, secrets } from '../kube/resource.ts';

/** Helm's release statuses, as its storage spells them. */
export type ReleaseStatus =
  | 'deployed'
  | 'failed'
  | 'pending-install'
  | 'pending-rollback'
  | 'pending-upgrade'
  | 'superseded'
  | 'uninstalled'
  | 'uninstalling'
  | 'unknown';

export interface RevisionStatus {
  readonly revision: number;
  readonly status: string;
}

/** One revision of a release, as `helm history` shows it. */
export interface Revision extends RevisionStatus {
  /** E.g. `Install complete`, `Rollback to 1`. */
  readonly description: string;
  readonly chart: string;
  readonly appVersion: string;
  /** The rendered manifest, hooks not included. */
  readonly manifest: string;
}

function scopeOf(namespace: string, release: string) {
  return { namespace, labels: `owner=helm,name=${release}`, fields: 'type=helm.sh/release.v1' };
}

/**
 * The revisions of a release with their statuses, oldest first, from the labels of Helm's Secrets: neither the helm
 * program nor the values inside are needed. Empty where there is no such release.
 */
export async function revisionStatuses(
  api: KubeApi,
  namespace: string,
  release: string,
  options: CallOptions = {},
): Promise<readonly RevisionStatus[]> {
  const { items } = await api.listMetadata(secrets, scopeOf(namespace, release), options);
  return items.flatMap(statusOf).sort((a, b) => a.revision - b.revision);
}

function statusOf({ metadata }: MetadataOnly): RevisionStatus[] {
  const { version, status } = metadata?.labels ?? {};
  return version === undefined || status === undefined ? [] : [{ revision: Number(version), status }];
}

/**
 * The revision to go back to: the one that is deployed, or else the newest that ever was. Helm alone goes back to the one
 * before the last, which after two upgrades that failed is the first of them.
 */
export function lastGood(revisions: readonly RevisionStatus[]): number | undefined {
  const newest = (status: ReleaseStatus) => revisions.findLast((revision) => revision.status === status)?.revision;
  return newest('deployed') ?? newest('superseded');
}

/**
 * The whole history of a release, oldest first.
 *
 * @throws Error when a Secret doesn't hold what Helm writes
 */
export async function history(
  api: KubeApi,
  namespace: string,
  release: string,
  options: CallOptions = {},
): Promise<readonly Revision[]> {
  const { items } = await api.list(secrets, scopeOf(namespace, release), options);
  return items.map(revisionOf).sort((a, b) => a.revision - b.revision);
}

/** Reads one release Secret: base64 of the API around base64 of Helm's own around gzip around JSON. */
export function revisionOf({ metadata, data }: SecretObject): Revision {
  const encoded = data?.['release'];
  if (encoded === undefined) {
    throw new Error(`Secret ${metadata?.name} holds no release`);
  }
  const packed = Buffer.from(Buffer.from(encoded, 'base64').toString('latin1'), 'base64');
  const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
  const record: ReleaseRecord = JSON.parse((isGzip ? gunzipSync(packed) : packed).toString('utf8'));
  return {
    revision: record.version ?? 0,
    status: record.info?.status ?? 'unknown',
    description: record.info?.description ?? '',
    chart: `${record.chart?.metadata?.name}-${record.chart?.metadata?.version}`,
    appVersion: record.chart?.metadata?.appVersion ?? '',
    manifest: record.manifest ?? '',
  };
}

interface ReleaseRecord {
  readonly version?: number;
  readonly info?: { readonly status?: string; readonly description?: string };
  readonly chart?: {
    readonly metadata?: { readonly name?: string; readonly version?: string; readonly appVersion?: string };
  };
  readonly manifest?: string;
}
