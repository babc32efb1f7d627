import { gunzipSync } from 'node:zlib';
import { parseJson } from '@meho/core/http/bounded-json';
import { messageOf } from '@meho/core/problem';
import { type ContentDigest, chartDigest, digestOf } from './content-digest.ts';
import { instantOf } from './instant.ts';
import { once } from './once.ts';
import type { StoredRecord } from './storage.ts';

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

export class HelmRecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HelmRecordError';
  }
}

export interface Hook {
  readonly name: string;
  readonly kind: string;
  /** Of a Job. */
  readonly manifest?: string;
  /** E.g. `pre-upgrade`. */
  readonly events: readonly string[];
  /** Last run, in nanoseconds since 1970; absent if never. */
  readonly startedAt?: bigint;
  readonly completedAt?: bigint;
  /** `Succeeded`, `Failed`, `Running`, `Unknown`; empty if it never ran. */
  readonly phase: string;
  readonly deletePolicies: readonly string[];
  /** Of everything a run doesn't change. */
  readonly definition: () => string;
}

export interface Revision {
  readonly revision: number;
  readonly status: string;
  /** Any text, with `--description`. */
  readonly description: string;
  readonly chart: string;
  /** What the chart's NOTES.txt said; may hold anything. Of a history only its newest has it. */
  readonly notes?: string;
  readonly appVersion: string;
  /** Without hooks. Of a history only its newest has it. */
  readonly manifest?: string;
  readonly hooks: readonly Hook[];
  /** Start of the first install; upgrades and rollbacks keep it. */
  readonly firstDeployed?: bigint;
  /** Start of the operation, in nanoseconds since 1970. */
  readonly lastDeployed?: bigint;
  /** Rollback target, since Helm 4.3.0. */
  readonly rollbackRevision?: number;
  /** `ssa` by the server or `csa` by the client. Only Helm 4 writes it; Helm 3 is always the client. */
  readonly applyMethod?: string;
  /** By the API server's clock. */
  readonly createdAt?: bigint;
  /** Of what a rollback copies. */
  readonly content: () => RevisionContent;
}

export interface RevisionContent {
  readonly manifest: string;
  readonly values: string;
  readonly chart: ContentDigest;
}

export interface ReleaseDocument {
  readonly name?: string;
  readonly version?: number;
  readonly info?: {
    readonly status?: string;
    readonly description?: string;
    readonly notes?: string;
    readonly first_deployed?: string | null;
    readonly last_deployed?: string | null;
    readonly rollback_revision?: number;
  } | null;
  readonly chart?: {
    readonly metadata?: {
      readonly name?: string;
      readonly version?: string;
      readonly appVersion?: string;
    } | null;
    readonly values?: Readonly<Record<string, unknown>> | null;
  } | null;
  readonly config?: Readonly<Record<string, unknown>> | null;
  readonly manifest?: string;
  readonly hooks?: readonly HookDocument[] | null;
  readonly apply_method?: string;
}

interface HookDocument {
  readonly name?: string;
  readonly kind?: string;
  readonly manifest?: string;
  readonly events?: readonly string[] | null;
  readonly delete_policies?: readonly string[] | null;
  readonly last_run?: {
    readonly started_at?: string | null;
    readonly completed_at?: string | null;
    readonly phase?: string;
  } | null;
}

/** Of 1 MB that etcd holds, gzip can make a thousand; Helm's own are ten to twenty times as large unpacked. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * Unpacks base64 around gzip around JSON; a Secret adds the API's base64.
 *
 * @throws HelmRecordError for anything else
 */
export function documentOf({ kind, metadata, data }: StoredRecord): ReleaseDocument {
  const encoded = data?.['release'];
  if (encoded === undefined) {
    throw new HelmRecordError(`${kind} ${metadata?.name} holds no release`);
  }
  try {
    const text = kind === 'Secret' ? Buffer.from(encoded, 'base64').toString('latin1') : encoded;
    const packed = Buffer.from(text, 'base64');
    const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
    const unpacked = isGzip ? gunzipSync(packed, { maxOutputLength: LARGEST_BYTES }) : packed;
    const document: unknown = parseJson(unpacked.toString('utf8'));
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw new Error('it is no JSON object');
    }
    return document;
  } catch (error) {
    throw new HelmRecordError(`${kind} ${metadata?.name} holds a release that can't be read`, { cause: error });
  }
}

/** @throws HelmRecordError if unreadable, or if labels contradict the content */
export function revisionOf(stored: StoredRecord): Revision {
  const document = documentOf(stored);
  const where = `${stored.kind} ${stored.metadata?.name}`;
  agreed(where, stored.metadata?.labels ?? {}, document);
  const { version = 0, info, chart, config, manifest = '', hooks, apply_method: applyMethod } = document;
  try {
    const firstDeployed = instantOf(info?.first_deployed);
    const lastDeployed = instantOf(info?.last_deployed);
    const createdAt = instantOf(stored.metadata?.creationTimestamp);
    return {
      revision: version,
      status: info?.status ?? 'unknown',
      description: info?.description ?? '',
      chart: `${chart?.metadata?.name}-${chart?.metadata?.version}`,
      appVersion: chart?.metadata?.appVersion ?? '',
      ...(typeof info?.notes === 'string' ? { notes: info.notes } : {}),
      manifest,
      hooks: (hooks ?? []).map(hookOf),
      ...(firstDeployed === undefined ? {} : { firstDeployed }),
      ...(lastDeployed === undefined ? {} : { lastDeployed }),
      // Helm treats zero as absent: no rollback, or an older Helm.
      ...(info?.rollback_revision ? { rollbackRevision: info.rollback_revision } : {}),
      ...(applyMethod ? { applyMethod } : {}),
      ...(createdAt === undefined ? {} : { createdAt }),
      content: once(() => ({
        manifest: digestOf(manifest),
        // Some Helms write an empty table, some nothing.
        values: digestOf(config ?? {}),
        chart: chartDigest(chart),
      })),
    };
  } catch (error) {
    throw new HelmRecordError(`${where} holds a release that can't be read: ${messageOf(error)}`, { cause: error });
  }
}

function hookOf(hook: HookDocument): Hook {
  const { last_run, ...definition } = hook;
  const startedAt = instantOf(last_run?.started_at);
  const completedAt = instantOf(last_run?.completed_at);
  return {
    name: hook.name ?? '',
    kind: hook.kind ?? '',
    ...(hook.kind === 'Job' ? { manifest: hook.manifest ?? '' } : {}),
    events: hook.events ?? [],
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    phase: last_run?.phase ?? '',
    deletePolicies: definition.delete_policies ?? [],
    // Helm adds its default policy when the hook runs.
    definition: once(() => digestOf({ ...definition, delete_policies: policiesOf(hook) })),
  };
}

function policiesOf({ delete_policies }: HookDocument): readonly string[] {
  return delete_policies === undefined || delete_policies === null || delete_policies.length === 0
    ? ['before-hook-creation']
    : delete_policies;
}

/** Helm finds records by labels but uses their content: if they differ, neither is reliable. */
function agreed(where: string, labels: Readonly<Record<string, string>>, document: ReleaseDocument): void {
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['name', document.name],
    ['version', document.version === undefined ? undefined : String(document.version)],
    ['status', document.info?.status],
  ];
  for (const [label, inside] of pairs) {
    const outside = labels[label];
    if (outside !== undefined && inside !== undefined && outside !== inside) {
      throw new HelmRecordError(
        `${where} contradicts itself: its ${label} is ${outside} by its label, ${inside} inside`,
      );
    }
  }
}
