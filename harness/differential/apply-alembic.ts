import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Problem } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import type { Progress } from '@meho/core/report/progress';
import { ensureCommands } from '@meho/images/engine/debian';
import type { Applied } from './apply-sql.ts';
import { measurementOf, measurementQuery } from './table-measurement.ts';

/** What the producer's migrations run with. */
const packages = ['alembic==1.17.2', 'SQLAlchemy==2.1.9', 'psycopg[binary]==3.3.9'] as const;

/**
 * Installed once into the cache. @returns the interpreter's path
 * @throws Problem without Python or the packages
 */
export async function ensureAlembic(
  cacheFolder: string,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<string> {
  const folder = path.join(cacheFolder, `alembic-${packages.join('-').replaceAll(/[^\w.]+/g, '-')}`);
  const python = path.join(folder, 'bin', 'python');
  try {
    await access(python);
    return python;
  } catch {
    // Built beside its final path, so that half of one is never used.
  }
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(cacheFolder, { recursive: true });
  try {
    await makeVirtualEnvironment(unfinished, { progress, signal });
    await run(
      path.join(unfinished, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
      { timeoutMs: 300_000, signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    throw new Problem(
      {
        expected: `${packages.join(', ')} in a Python environment of their own`,
        observed: error.observed,
        next: 'see that the package index can be reached: python3 -m pip download alembic',
      },
      { cause: error },
    );
  }
  await rename(unfinished, folder);
  return python;
}

/** Uses venv; where that is missing (Debian splits it off), a package that doesn't need it. */
async function makeVirtualEnvironment(
  folder: string,
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  try {
    await run('python3', ['-c', 'import ensurepip, venv'], { timeoutMs: 30_000, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) {
      throw error;
    }
    await ensureCommands({ virtualenv: 'virtualenv' }, options);
    await run('/usr/bin/virtualenv', ['--quiet', folder], { timeoutMs: 120_000, signal });
    return;
  }
  await run('python3', ['-m', 'venv', folder], { timeoutMs: 120_000, signal });
}

/** @param url for SQLAlchemy, including the password */
export async function applyAlembic(
  python: string,
  file: string,
  url: string,
  oid: number,
  signal: AbortSignal,
): Promise<Applied> {
  const { stdout } = await run(python, [path.join(import.meta.dirname, 'apply_alembic.py')], {
    stdin: JSON.stringify({ file, look: measurementQuery(oid) }),
    env: { CORPUS_URL: url },
    timeoutMs: 120_000,
    signal,
  });
  const answer: { refused: string | null; look?: { locks: string; rows_read: number } } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '{}',
  );
  return answer.refused === null
    ? { refused: undefined, look: measurementOf(answer.look) }
    : { refused: answer.refused };
}
