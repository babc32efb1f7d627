import { gzipSync } from 'node:zlib';
import { type ReleaseDocument, type Revision, revisionOf } from '../record.ts';
import type { RecordKind, StoredRecord } from '../storage.ts';

/** A revision as a test tells of it; whatever isn't said is that of a plain install or upgrade that came to its end. */
export interface Told {
  readonly revision: number;
  readonly status: string;
  /** What it was made of: revisions of one content have the same chart, values and manifest. */
  readonly content?: string;
  /** Whose run its migration hook carries: its own, that of an earlier revision, none, or there is no such hook. */
  readonly run?: 'own' | 'never' | 'no hook' | number;
  readonly phase?: string;
  readonly events?: readonly string[];
  readonly description?: string;
  /** Only Helm 4.3 and newer write it. */
  readonly rollbackRevision?: number;
  readonly more?: Partial<ReleaseDocument>;
}

/** When the revision was begun: an hour apart. */
export function begunAt(revision: number): string {
  return `2026-11-30T${String(revision).padStart(2, '0')}:00:00.000000001Z`;
}

/** When its hook ran: five seconds later, for ten. */
export function ranAt(revision: number): { readonly started_at: string; readonly completed_at: string } {
  const at = (seconds: string) => `2026-11-30T${String(revision).padStart(2, '0')}:00:${seconds}.123456789Z`;
  return { started_at: at('05'), completed_at: at('15') };
}

export const MIGRATION_JOB = 'meho-migrate';

export const migrationManifest = `apiVersion: batch/v1
kind: Job
metadata:
  name: ${MIGRATION_JOB}
  labels: { app.kubernetes.io/name: meho, app.kubernetes.io/instance: meho, app.kubernetes.io/component: migrate }
`;

export function documentOf(told: Told): ReleaseDocument {
  const { revision, status, content = 'N', run = 'own', phase = 'Succeeded', more } = told;
  const { description = 'Upgrade complete', rollbackRevision, events = ['pre-install', 'pre-upgrade'] } = told;
  const lastRun =
    run === 'never' || run === 'no hook'
      ? { started_at: '', completed_at: '', phase: '' }
      : { ...ranAt(run === 'own' ? revision : run), phase };
  const hook = { name: MIGRATION_JOB, kind: 'Job', manifest: migrationManifest, events, last_run: lastRun };
  return {
    name: 'meho',
    version: revision,
    info: {
      status,
      description,
      last_deployed: begunAt(revision),
      ...(rollbackRevision === undefined ? {} : { rollback_revision: rollbackRevision }),
    },
    chart: { metadata: { name: 'meho-chart', version: '0.1.0', appVersion: content }, values: { replicaCount: 2 } },
    config: { image: { tag: content } },
    manifest: `---\nkind: Service\nmetadata: { name: meho, annotations: { content: "${content}" } }\n`,
    hooks: run === 'no hook' ? [] : [hook],
    ...more,
  };
}

/** As Helm keeps it in the cluster. */
export function stored(document: ReleaseDocument, kind: RecordKind = 'Secret'): StoredRecord {
  const text = gzipSync(JSON.stringify(document)).toString('base64');
  const { name = '', version = 0, info } = document;
  return {
    kind,
    metadata: {
      name: `sh.helm.release.v1.${name}.v${version}`,
      labels: { owner: 'helm', name, version: String(version), status: info?.status ?? '' },
      ...(info?.last_deployed ? { creationTimestamp: info.last_deployed.replace(/\.\d+/, '') } : {}),
    },
    data: { release: kind === 'Secret' ? Buffer.from(text).toString('base64') : text },
  };
}

export function revisions(...told: readonly Told[]): readonly Revision[] {
  return told.map((each) => revisionOf(stored(documentOf(each))));
}
