import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Progress } from '@meho/core/report/progress';
import type { CorpusMigration } from '@meho/migration-lint/corpus/corpus';
import type { Environment } from '@meho/migration-lint/environment';
import { lintFile, prepareLint } from '@meho/migration-lint/lint';
import { ensureAlembic } from './apply-alembic.ts';
import { migrateToN, startImageN } from './image-n.ts';
import { startIssuer } from './issuer.ts';
import { CorpusDatabase, rowsBefore, type Server } from './server.ts';
import { tryMigration } from './try-migration.ts';
import { type CorpusRow, compareRow } from './verdicts.ts';

export interface CorpusRequest {
  readonly folder: string;
  readonly server: Server;
  readonly cacheFolder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A real Postgres under a working image N, on which one migration is tried after the other. */
export interface StartedCorpus extends AsyncDisposable {
  /** What the table of results is about. */
  readonly about: string;
  /** Lints a migration, applies it, and compares. */
  compare(migration: CorpusMigration, signal: AbortSignal): Promise<CorpusRow>;
}

/** @throws Problem if something can't be started */
export async function startCorpus(request: CorpusRequest): Promise<StartedCorpus> {
  const { folder, server, cacheFolder, progress, signal } = request;
  await prepareLint();
  const python = await progress.step('alembic', () => ensureAlembic(cacheFolder, { progress, signal }));
  await using stack = new AsyncDisposableStack();
  const database = new CorpusDatabase(server);
  const version = await database.version();
  stack.defer(() => database.remove());
  await progress.step('schema of image N', () => database.prepare((url) => migrateToN(url, signal)));
  await database.reset('with rows');
  const issuer = stack.use(await startIssuer());
  const image = stack.use(await startImageN(database.url('copy'), issuer, signal));
  const resources = stack.move();
  return {
    about: `Postgres ${version}, image N the reference backplane of this commit, ${rowsBefore} rows in audit_log.`,
    compare: async (migration, trialSignal) => {
      const options = { allowUnjudged: false, assumeLockTimeout: false };
      const { findings } = lintFile(await migrationFile(folder, migration), options);
      const place = { folder, database, image, python, signal: trialSignal };
      return compareRow(migration, findings, await tryMigration(place, migration));
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** As in `apply_alembic.py`. */
const environment: Environment = { driver: 'psycopg' };

async function migrationFile(folder: string, { file }: CorpusMigration) {
  const text = await readFile(path.join(folder, 'migrations', file), 'utf8');
  return { path: file, language: file.endsWith('.py') ? ('python' as const) : ('sql' as const), text, environment };
}
