import { gzipSync } from 'node:zlib';
import { type ReleaseDocument, type Revision, revisionOf } from '../record.ts';
import type { RecordKind, StoredRecord } from '../storage.ts';

/** Unset members are those of a finished install or upgrade. */
export interface RevisionSpec {
  readonly revision: number;
  readonly status: string;
  /** Equal content means equal chart, values and manifest. */
  readonly content?: string;
  /** The run its migration hook carries: own, an earlier revision's, none, or no hook. */
  readonly run?: 'own' | 'never' | 'no hook' | number;
  readonly phase?: string;
  readonly events?: readonly string[];
  readonly description?: string;
  /** Since Helm 4.3. */
  readonly rollbackRevision?: number;
  readonly more?: Partial<ReleaseDocument>;
}

export function startTime(revision: number): string {
  return `2026-11-30T${String(revision).padStart(2, '0')}:00:00.000000001Z`;
}

/** When its hook ran: five seconds later, for ten. */
export function hookTimes(revision: number): { readonly started_at: string; readonly completed_at: string } {
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

export function documentOf(told: RevisionSpec): ReleaseDocument {
  const { revision, status, content = 'N', run = 'own', phase = 'Succeeded', more } = told;
  const { description = 'Upgrade complete', rollbackRevision, events = ['pre-install', 'pre-upgrade'] } = told;
  const lastRun =
    run === 'never' || run === 'no hook'
      ? { started_at: '', completed_at: '', phase: '' }
      : { ...hookTimes(run === 'own' ? revision : run), phase };
  const hook = { name: MIGRATION_JOB, kind: 'Job', manifest: migrationManifest, events, last_run: lastRun };
  return {
    name: 'meho',
    version: revision,
    info: {
      status,
      description,
      last_deployed: startTime(revision),
      ...(rollbackRevision === undefined ? {} : { rollback_revision: rollbackRevision }),
    },
    chart: { metadata: { name: 'meho-chart', version: '0.1.0', appVersion: content }, values: { replicaCount: 2 } },
    config: { image: { tag: content } },
    manifest: `---\nkind: Service\nmetadata: { name: meho, annotations: { content: "${content}" } }\n`,
    hooks: run === 'no hook' ? [] : [hook],
    ...more,
  };
}

export function storeRecord(document: ReleaseDocument, kind: RecordKind = 'Secret'): StoredRecord {
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

export function revisions(...told: readonly RevisionSpec[]): readonly Revision[] {
  return told.map((each) => revisionOf(storeRecord(documentOf(each))));
}
