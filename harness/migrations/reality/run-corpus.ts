import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '../../report/progress.ts';
import type { Environment } from '../environment.ts';
import { lintFile, prepareLint } from '../lint.ts';
import { ensureAlembic } from './apply-alembic.ts';
import { type CorpusMigration, readCorpus } from './corpus.ts';
import { migrateToN, startImageN } from './image-n.ts';
import { startIssuer } from './issuer.ts';
import { CorpusDatabase, rowsBefore, type Server } from './server.ts';
import { corpusTable, summary } from './table.ts';
import { tryMigration } from './try-migration.ts';
import { type CorpusRow, judgeRow } from './verdicts.ts';

export interface CorpusRequest {
  /** Holds `corpus.json` and `migrations/`. */
  readonly folder: string;
  readonly server: Server;
  /** Where a Python with Alembic is kept. */
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Only migrations whose file name holds this. */
  readonly only?: string;
}

export interface CorpusReport {
  readonly rows: readonly CorpusRow[];
  /** Markdown. */
  readonly table: string;
  readonly summary: string;
  /** Every prediction came true, every false alarm is explained, and all is as the corpus says. */
  readonly holds: boolean;
}

/**
 * Lints every migration of the corpus, then applies each to a real Postgres under image N while N is asked, and holds
 * the one against the other.
 *
 * @throws UsageError for a corpus that is wrong in itself, Problem where something can't be started
 */
export async function runCorpus(request: CorpusRequest): Promise<CorpusReport> {
  const { folder, server, cacheFolder, progress, signal, only = '' } = request;
  const migrations = (await readCorpus(folder)).filter(({ file }) => file.includes(only));
  await prepareLint();
  const python = await progress.step('alembic', () => ensureAlembic(cacheFolder, { progress, signal }));
  const database = new CorpusDatabase(server);
  const version = await database.version();
  await progress.step('schema of image N', () => database.prepare((url) => migrateToN(url, signal)));
  try {
    await database.reset('with rows');
    await using issuer = await startIssuer();
    await using image = await startImageN(database.url('copy'), issuer, signal);
    const rows: CorpusRow[] = [];
    await progress.step('migrations', async ({ update }) => {
      for (const migration of migrations) {
        signal.throwIfAborted();
        update(`${rows.length + 1} of ${migrations.length}: ${migration.file}`);
        const findings = lintFile(await migrationFile(folder, migration), {
          allowUnjudged: false,
          assumeLockTimeout: false,
        }).findings;
        rows.push(
          judgeRow(migration, findings, await tryMigration({ folder, database, image, python, signal }, migration)),
        );
      }
    });
    const about = `Postgres ${version}, image N the reference backplane of this commit, ${rowsBefore} rows in audit_log.`;
    return {
      rows,
      table: corpusTable(rows, about),
      summary: summary(rows),
      holds: rows.length > 0 && rows.every(({ surprises }) => surprises.length === 0),
    };
  } finally {
    await database.remove();
  }
}

/** As `apply_alembic.py` runs them. */
const environment: Environment = { driver: 'other' };

async function migrationFile(folder: string, { file }: CorpusMigration) {
  const text = await readFile(path.join(folder, 'migrations', file), 'utf8');
  return { path: file, language: file.endsWith('.py') ? ('python' as const) : ('sql' as const), text, environment };
}
