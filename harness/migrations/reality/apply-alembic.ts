import { access, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureCommands } from '../../engine/debian.ts';
import { Problem } from '../../problem.ts';
import { CommandError, run } from '../../process/run.ts';
import type { Progress } from '../../report/progress.ts';
import type { Applied } from './apply-sql.ts';
import { lookOf, lookQuery } from './look.ts';

/** What a migration of the producer runs with. */
const packages = ['alembic==1.17.2', 'SQLAlchemy==2.1.9', 'psycopg[binary]==3.3.9'] as const;

/**
 * A Python with Alembic, made once in the cache.
 *
 * @returns the interpreter's path
 * @throws Problem where there is no Python, or the packages can't be had
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
    // Not there yet: it is made beside its place, so that half of one is never taken for whole.
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

/** By the Python that is there, or, where it is none or lacks what it takes (as Debian's does), by a package that needs nothing of it. */
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

/** Applies an Alembic migration by Alembic itself. @param url of SQLAlchemy, with the password */
export async function applyAlembic(
  python: string,
  file: string,
  url: string,
  oid: number,
  signal: AbortSignal,
): Promise<Applied> {
  const { stdout } = await run(python, [path.join(import.meta.dirname, 'apply_alembic.py')], {
    stdin: JSON.stringify({ file, look: lookQuery(oid) }),
    env: { CORPUS_URL: url },
    timeoutMs: 120_000,
    signal,
  });
  const answer: { refused: string | null; look?: { locks: string; rows_read: number } } = JSON.parse(
    stdout.trim().split('\n').at(-1) ?? '{}',
  );
  return answer.refused === null ? { refused: undefined, look: lookOf(answer.look) } : { refused: answer.refused };
}
