import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CorpusMigration, Outcome } from '@meho/migration-lint/corpus/corpus';
import type { Catalogue } from '@meho/migration-lint/observe/catalogue';
import { applyAlembic } from './apply-alembic.ts';
import { type Applied, applySql } from './apply-sql.ts';
import { changesBetween, readCatalogue } from './catalogue-changes.ts';
import type { ImageN } from './image-n.ts';
import { type LoadReport, noLoad, startLoad } from './load.ts';
import { attempt, exercise, oddities, snapshot } from './observe.ts';
import { type CorpusDatabase, rowsBefore } from './server.ts';
import { oidQuery, stalls } from './table-measurement.ts';

export interface DifferentialResult {
  readonly outcomes: readonly Outcome[];
  readonly details: readonly string[];
  /** By whom it was applied and how, or why it was refused; on a table with rows first. */
  readonly executed: readonly string[];
  /** Of Postgres' catalogue, in words. */
  readonly changes: readonly string[];
  readonly load: LoadReport;
}

export interface TrialContext {
  readonly folder: string;
  readonly database: CorpusDatabase;
  readonly image: ImageN;
  readonly python: string;
  readonly signal: AbortSignal;
}

/** If Postgres refuses it on a table with rows, tries an empty one too. */
export async function tryMigration(place: TrialContext, migration: CorpusMigration): Promise<DifferentialResult> {
  const full = await trial(place, migration, 'with rows');
  if (full.refused === undefined) {
    return full.observed;
  }
  const { outcomes, details, load } = full.observed;
  const executed = [...full.observed.executed];
  const empty = await trial(place, migration, 'empty');
  const second =
    empty.refused === undefined ? empty.observed : { outcomes: [], details: [`on an empty table: ${empty.refused}`] };
  executed.push(...empty.observed.executed.map((text) => `on an empty table: ${text}`));
  return {
    outcomes: unique(['refused', ...outcomes, ...second.outcomes]),
    details: [`refused: ${full.refused}`, ...details, ...second.details],
    ...{ executed, changes: empty.observed.changes, load },
  };
}

async function trial(
  place: TrialContext,
  migration: CorpusMigration,
  rows: 'with rows' | 'empty',
): Promise<{ refused: string | undefined; observed: DifferentialResult }> {
  const { database, image } = place;
  await database.reset(rows);
  await settle(image);
  const client = await database.connect();
  try {
    const { rows: found } = await client.query<{ oid: number }>(oidQuery);
    const before = new Date();
    const catalogue = await readCatalogue(client);
    const earlier = await snapshot(client, before);
    // An empty table means a new database without requests.
    const load = rows === 'empty' ? noLoad : startLoad(image);
    const applied = await apply(place, migration, found[0]?.oid ?? 0);
    const loadReport = await load.stop();
    const changes = await changesSince(place, catalogue);
    const executed = [executionOf(migration, applied)];
    const seen = await observe(place, earlier, before, applied, rows);
    return { refused: applied.refused, observed: { ...seen, executed, changes, load: loadReport } };
  } finally {
    await client.end();
  }
}

/** On a connection of its own, as settings of the migration's stay with its connection. */
async function changesSince({ database }: TrialContext, before: Catalogue): Promise<readonly string[]> {
  const client = await database.connect();
  try {
    return changesBetween(before, await readCatalogue(client));
  } finally {
    await client.end();
  }
}

/** @returns e.g. `Alembic applied it under AccessExclusiveLock, 30000 rows read` */
function executionOf({ file }: CorpusMigration, applied: Applied): string {
  const who = file.endsWith('.py') ? 'Alembic' : 'Postgres';
  if (applied.refused !== undefined) {
    return `${who}: refused, ${applied.refused}`;
  }
  const { locks, rowsRead } = applied.look;
  const under = locks.length === 0 ? ', no lock on audit_log seen' : ` under ${locks.join(', ')}`;
  return `${who}: applied${under}${rowsRead === 0 ? '' : `, ${rowsRead} rows read`}`;
}

async function apply(
  { folder, database, python, signal }: TrialContext,
  { file }: CorpusMigration,
  oid: number,
): Promise<Applied> {
  const whole = path.join(folder, 'migrations', file);
  if (file.endsWith('.py')) {
    return applyAlembic(python, whole, database.url('copy', 'postgresql+psycopg'), oid, signal);
  }
  const client = await database.connect();
  try {
    return await applySql(client, await readFile(whole, 'utf8'), oid);
  } finally {
    await client.end();
  }
}

async function observe(
  { database, image }: TrialContext,
  earlier: Awaited<ReturnType<typeof snapshot>>,
  before: Date,
  applied: Applied,
  rows: 'with rows' | 'empty',
): Promise<Pick<DifferentialResult, 'outcomes' | 'details'>> {
  const outcomes: Outcome[] = [];
  const details: string[] = [];
  const note = (outcome: Outcome, ...words: string[]) => {
    outcomes.push(outcome);
    details.push(...words);
  };
  if (applied.refused === undefined && stalls(applied.look, rows === 'empty' ? 0 : rowsBefore)) {
    note('stalls', `${applied.look.rowsRead} rows read under ${applied.look.locks.join(', ')}`);
  }
  // After a rollback N's processes are new and see the current settings.
  await database.cutConnections();
  await settle(image);
  const since = new Date();
  const failures = await exercise(image);
  if (failures.length > 0) {
    note('breaks', ...failures.slice(0, 2));
  }
  const client = await database.connect();
  try {
    const later = await attempt(() => snapshot(client, before));
    if ('failure' in later) {
      note('breaks', `reading N's columns: ${later.failure}`);
    } else if (later.value.rows !== earlier.rows || later.value.fingerprint !== earlier.fingerprint) {
      const lost = Number(earlier.rows) - Number(later.value.rows);
      const typesChanged = later.value.types !== earlier.types && lost === 0;
      note(typesChanged ? 'alters' : 'loses', lost > 0 ? `${lost} of ${earlier.rows} rows are gone` : 'values differ');
    } else if (later.value.types !== earlier.types) {
      note('alters', `values arrive as other types: ${later.value.types}`);
    }
    const odd = failures.length > 0 ? { value: [] } : await attempt(() => oddities(client, since));
    if ('value' in odd && odd.value.length > 0) {
      note('alters', odd.value[0] ?? '');
    }
  } finally {
    await client.end();
  }
  return {
    outcomes: outcomes.length === 0 && applied.refused === undefined ? ['fine'] : unique(outcomes),
    details: unique(details),
  };
}

/** N's pool notices cut connections at the first request; that failure isn't the migration's. */
async function settle(image: ImageN): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await image.ready();
  }
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
