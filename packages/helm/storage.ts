import { readHelmDriver } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import type { CallOptions, KubeApi, MetadataOnly } from '@meho/kube/api/api';
import { configMaps, secrets } from '@meho/kube/api/resource';

export type RecordKind = 'Secret' | 'ConfigMap';

/** Helm accepts lower case, singular or plural; defaults to Secret. */
const kinds: Readonly<Record<string, RecordKind>> = {
  secret: 'Secret',
  secrets: 'Secret',
  configmap: 'ConfigMap',
  configmaps: 'ConfigMap',
};

export interface StorageOptions extends CallOptions {
  /** HELM_DRIVER; defaults to this process's. */
  readonly driver?: string;
}

export function helmDriverProblems(driver: string | undefined): readonly string[] {
  if (driver === undefined || Object.hasOwn(kinds, driver)) {
    return [];
  }
  const why =
    driver === 'sql' || driver === 'memory'
      ? `records that helm keeps by its driver ${driver} are not in the cluster and can't be read here`
      : 'helm knows no such driver';
  return [`HELM_DRIVER: expected secret, secrets, configmap or configmaps, got ${JSON.stringify(driver)}: ${why}`];
}

/** @throws UsageError if the records can't be read */
export function recordKindOf(driver = readHelmDriver()): RecordKind {
  const problems = helmDriverProblems(driver);
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return kinds[driver ?? 'secret'] ?? 'Secret';
}

export interface StoredRecord extends MetadataOnly {
  readonly kind: RecordKind;
  readonly data?: Readonly<Record<string, string>>;
}

export interface RecordScope {
  readonly namespace: string;
  readonly release?: string;
  /** E.g. `status=deployed`. */
  readonly labels?: string;
}

function scopeOf(kind: RecordKind, { namespace, release, labels }: RecordScope) {
  const selectors = ['owner=helm', ...(release === undefined ? [] : [`name=${release}`]), ...(labels ? [labels] : [])];
  return {
    namespace,
    labels: selectors.join(','),
    ...(kind === 'Secret' ? { fields: 'type=helm.sh/release.v1' } : {}),
  };
}

export async function storedRecords(
  api: KubeApi,
  scope: RecordScope,
  { driver, ...options }: StorageOptions = {},
): Promise<readonly StoredRecord[]> {
  const kind = recordKindOf(driver);
  const where = scopeOf(kind, scope);
  const { items } =
    kind === 'Secret' ? await api.list(secrets, where, options) : await api.list(configMaps, where, options);
  return items.map(({ metadata, data }) => toStoredRecord(kind, metadata, data));
}

/** Undefined if it is gone. */
export async function storedRecord(
  api: KubeApi,
  namespace: string,
  name: string,
  { driver, ...options }: StorageOptions = {},
): Promise<StoredRecord | undefined> {
  const kind = recordKindOf(driver);
  const found =
    kind === 'Secret'
      ? await api.find(secrets, namespace, name, options)
      : await api.find(configMaps, namespace, name, options);
  return found && toStoredRecord(kind, found.metadata, found.data);
}

function toStoredRecord(
  kind: RecordKind,
  metadata: MetadataOnly['metadata'],
  data: Readonly<Record<string, string>> | undefined,
): StoredRecord {
  return { kind, ...(metadata === undefined ? {} : { metadata }), ...(data === undefined ? {} : { data }) };
}

export async function recordLabels(
  api: KubeApi,
  scope: RecordScope,
  { driver, ...options }: StorageOptions = {},
): Promise<readonly MetadataOnly[]> {
  const kind = recordKindOf(driver);
  const resource = kind === 'Secret' ? secrets : configMaps;
  return (await api.listMetadata(resource, scopeOf(kind, scope), options)).items;
}
