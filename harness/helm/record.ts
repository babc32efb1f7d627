import { gunzipSync } from 'node:zlib';
import { messageOf } from '../problem.ts';
import { instantOf } from './instant.ts';
import type { StoredRecord } from './storage.ts';

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

/** A record that doesn't hold what Helm writes, or contradicts itself. */
export class HelmRecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HelmRecordError';
  }
}

/** A hook of a revision, with what became of it. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  readonly manifest: string;
  /** E.g. `pre-upgrade`. */
  readonly events: readonly string[];
  /** Its last run, in nanoseconds since 1970; never where absent. */
  readonly startedAt?: bigint;
  readonly completedAt?: bigint;
  /** `Succeeded`, `Failed`, `Running`, `Unknown`; empty where it never ran. */
  readonly phase: string;
  /** All of it that a run doesn't change. */
  readonly definition: unknown;
}

/** One revision of a release, as Helm has recorded it. */
export interface Revision {
  readonly revision: number;
  readonly status: string;
  /** Anybody's text where `--description` was given. */
  readonly description: string;
  readonly chart: string;
  readonly appVersion: string;
  /** The rendered manifest, hooks not included. */
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  /** When helm began to install the release; an install's own beginning, and what upgrades and rollbacks carry on. */
  readonly firstDeployed?: bigint;
  /** When helm began to install, upgrade or roll back, in nanoseconds since 1970. */
  readonly lastDeployed?: bigint;
  /** The revision that was rolled back to; Helm writes it from 4.3.0 on. */
  readonly rollbackRevision?: number;
  /** How its objects were applied, `ssa` by the server or `csa` by the client. Only Helm 4 writes it, and Helm 3 is always the client. */
  readonly applyMethod?: string;
  /** When the record was made, by the API server's clock. */
  readonly createdAt?: bigint;
  /** Values that were given. May hold secrets. */
  readonly config: unknown;
  /** The whole chart. */
  readonly chartContent: unknown;
}

/** What is read of the JSON inside a record. */
export interface ReleaseDocument {
  readonly name?: string;
  readonly version?: number;
  readonly info?: {
    readonly status?: string;
    readonly description?: string;
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

/**
 * Unpacks a record: base64 around gzip around JSON, in a Secret with the API's own base64 around that.
 *
 * @throws HelmRecordError when it isn't that
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
    const document: unknown = JSON.parse((isGzip ? gunzipSync(packed) : packed).toString('utf8'));
    if (typeof document !== 'object' || document === null || Array.isArray(document)) {
      throw new Error('it is no JSON object');
    }
    return document;
  } catch (error) {
    throw new HelmRecordError(`${kind} ${metadata?.name} holds a release that can't be read`, { cause: error });
  }
}

/** @throws HelmRecordError when the record can't be read, or when its labels say something else than what is in it */
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
      manifest,
      hooks: (hooks ?? []).map(hookOf),
      ...(firstDeployed === undefined ? {} : { firstDeployed }),
      ...(lastDeployed === undefined ? {} : { lastDeployed }),
      // Zero and absent are the same to Helm: no rollback, or one by a Helm that doesn't write it.
      ...(info?.rollback_revision ? { rollbackRevision: info.rollback_revision } : {}),
      ...(applyMethod ? { applyMethod } : {}),
      ...(createdAt === undefined ? {} : { createdAt }),
      config,
      chartContent: chart,
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
    manifest: hook.manifest ?? '',
    events: hook.events ?? [],
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt }),
    phase: last_run?.phase ?? '',
    // Helm puts its default policy in when it runs the hook.
    definition: { ...definition, delete_policies: policiesOf(hook) },
  };
}

function policiesOf({ delete_policies }: HookDocument): readonly string[] {
  return delete_policies === undefined || delete_policies === null || delete_policies.length === 0
    ? ['before-hook-creation']
    : delete_policies;
}

/** Helm finds a record by its labels and acts on what is in it: where they differ, nobody knows which is true. */
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
