import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from '@meho/core/config';
import { readExecutionEnvironment } from '@meho/core/config/execution';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import type { MigrationFile } from '../lint.ts';
import { tipOf } from '../range.ts';
import type { PostgresVersion } from './postgres-binaries.ts';
import { findPython } from './python.ts';
import { recordMigrations } from './record.ts';
import { type ScratchPostgres, startScratch } from './scratch.ts';
import { refuseStrangers } from './strangers.ts';

export interface ExecuteOptions {
  /** `--python` */
  readonly python: string | undefined;
  /** Brought to N, so that what reads the database is answered. */
  readonly postgres: PostgresVersion | undefined;
  /** On that server, also holds what each did against what was predicted of it. */
  readonly observe?: boolean;
  /** For all migrations together. */
  readonly timeoutMs: number;
}

export interface Executed {
  readonly migrations: readonly MigrationFile[];
  /** What ran them. */
  readonly about: string;
}

interface Place {
  readonly cwd: string;
  readonly range: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Gives each Alembic migration the recording of what Alembic sends for it.
 * @throws UsageError where other people's code must not run, or can't be isolated
 */
export async function executeMigrations(
  migrations: readonly MigrationFile[],
  { python: given, postgres, observe = false, timeoutMs }: ExecuteOptions,
  { cwd, range, signal }: Place,
): Promise<Executed> {
  const environment = readExecutionEnvironment();
  refuseStrangers(environment);
  const python = await findPython({ given, cwd, active: environment.virtualEnvironment, signal });
  await using stack = new AsyncDisposableStack();
  const root = range === undefined ? cwd : await treeAt(range, cwd, stack, signal);
  let server: ScratchPostgres | undefined;
  if (postgres !== undefined && migrations.some(({ language }) => language === 'python')) {
    server = stack.use(await startScratch({ version: postgres, cacheFolder: readSettings().cacheFolder, signal }));
  }
  const { recordings, observations, about } = await recordMigrations({
    migrations,
    root,
    python,
    server,
    observe,
    timeoutMs,
    signal,
  });
  const on = server === undefined ? 'without a server' : `on PostgreSQL ${server.version}`;
  return {
    migrations: migrations.map((file) => ({
      ...file,
      recording: recordings.get(file.path),
      observation: observations.get(file.path),
    })),
    about: `${about}, ${on}`,
  };
}

/** The migrations as they are at the range's end, with the code beside them. */
async function treeAt(range: string, cwd: string, stack: AsyncDisposableStack, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'migrations-at-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const archive = path.join(folder, 'tree.tar');
  const tree = path.join(folder, 'tree');
  try {
    const options = { cwd, timeoutMs: 120_000, signal };
    const { stdout } = await run('git', ['rev-parse', '--show-prefix'], options);
    const { stdout: top } = await run('git', ['rev-parse', '--show-toplevel'], options);
    await run('git', ['archive', '--format=tar', `--output=${archive}`, tipOf(range)], { ...options, cwd: top.trim() });
    await mkdir(tree);
    await run('tar', ['-xf', archive, '-C', tree], options);
    await rm(archive);
    return path.join(tree, stdout.trim());
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof CommandError
      ? new UsageError(
          [`--execute: expected to lay out the commit ${tipOf(range)}, but ${error.observed.split('\n')[0]}`],
          { cause: error },
        )
      : error;
  }
}
