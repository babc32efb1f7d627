import { readHelmDriver } from '../config.ts';
import type { CallOptions, KubeApi, MetadataOnly } from '../kube/api.ts';
import { configMaps, secrets } from '../kube/resource.ts';
import { UsageError } from '../problem.ts';

/** The kind of object in which Helm keeps its records. */
export type RecordKind = 'Secret' | 'ConfigMap';

/** As Helm spells its drivers: in lower case, in the singular or the plural; a Secret where nothing is said. */
const kinds: Readonly<Record<string, RecordKind>> = {
  secret: 'Secret',
  secrets: 'Secret',
  configmap: 'ConfigMap',
  configmaps: 'ConfigMap',
};

export interface StorageOptions extends CallOptions {
  /** HELM_DRIVER; what this process's environment says where absent. */
  readonly driver?: string;
}

/** What is wrong with HELM_DRIVER, for whoever is about to read Helm's records. */
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

/** @throws UsageError where the records can't be read */
export function recordKindOf(driver = readHelmDriver()): RecordKind {
  const problems = helmDriverProblems(driver);
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return kinds[driver ?? 'secret'] ?? 'Secret';
}

/** One of Helm's records as the cluster keeps it. */
export interface StoredRecord extends MetadataOnly {
  readonly kind: RecordKind;
  readonly data?: Readonly<Record<string, string>>;
}

/** Which records: of one release or of all, by further labels. */
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

/** The records with what is in them. */
export async function storedRecords(
  api: KubeApi,
  scope: RecordScope,
  { driver, ...options }: StorageOptions = {},
): Promise<readonly StoredRecord[]> {
  const kind = recordKindOf(driver);
  const where = scopeOf(kind, scope);
  const { items } =
    kind === 'Secret' ? await api.list(secrets, where, options) : await api.list(configMaps, where, options);
  return items.map(({ metadata, data }) => stored(kind, metadata, data));
}

/** One record by its object's name, or undefined where it has gone meanwhile. */
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
  return found && stored(kind, found.metadata, found.data);
}

function stored(
  kind: RecordKind,
  metadata: MetadataOnly['metadata'],
  data: Readonly<Record<string, string>> | undefined,
): StoredRecord {
  return { kind, ...(metadata === undefined ? {} : { metadata }), ...(data === undefined ? {} : { data }) };
}

/** The records' labels, without what is in them. */
export async function recordLabels(
  api: KubeApi,
  scope: RecordScope,
  { driver, ...options }: StorageOptions = {},
): Promise<readonly MetadataOnly[]> {
  const kind = recordKindOf(driver);
  const resource = kind === 'Secret' ? secrets : configMaps;
  return (await api.listMetadata(resource, scopeOf(kind, scope), options)).items;
}
