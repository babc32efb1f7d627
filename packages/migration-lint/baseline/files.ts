import { existsSync } from 'node:fs';
import { realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { writeReport } from '@meho/core/report/output';
import { baseOfRange } from '../range.ts';
import { type Accepted, type Baseline, baselineText, parseBaseline } from './baseline.ts';

interface Where {
  readonly cwd: string;
  readonly range: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * With a range, a baseline in the repository is read as it was before the range: commits can't accept what they add.
 *
 * @returns with the commit that it was read at; no entries where it wasn't there yet
 * @throws UsageError for a file that is missing, unreadable or no baseline
 */
export async function readBaseline(
  file: string,
  { cwd, range, signal }: Where,
): Promise<Baseline & { commit?: string }> {
  const base = range === undefined ? undefined : await baseOfRange(range, cwd, signal);
  const within = base === undefined ? undefined : await pathWithin(base.repository, path.resolve(cwd, file));
  if (base !== undefined && within !== undefined) {
    const text = await base.textOf(within);
    return {
      ...(text === undefined ? { file, executed: false, accepted: [] } : parseBaseline(file, text)),
      commit: base.commit,
    };
  }
  return parseBaseline(file, read(file, cwd));
}

/** @throws UsageError where something else is there, or it can't be written */
export async function writeBaseline(
  file: string,
  cwd: string,
  executed: boolean,
  accepted: readonly Accepted[],
): Promise<void> {
  const target = path.resolve(cwd, file);
  if (existsSync(target)) {
    parseBaseline(file, read(file, cwd));
  }
  const part = `${target}.part`;
  try {
    await writeReport(part, 'json', baselineText(executed, accepted));
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw new UsageError([`--write-baseline: expected to write ${file} (${whyUnreadable(error)})`], { cause: error });
  }
}

function read(file: string, cwd: string): string {
  try {
    return readBounded(path.resolve(cwd, file)).toString('utf8');
  } catch (error) {
    const next = 'write one with --write-baseline';
    throw new UsageError(
      [`--baseline: expected a file that can be read at ${file} (${whyUnreadable(error)}); ${next}`],
      {
        cause: error,
      },
    );
  }
}

/** @returns undefined for what lies outside */
async function pathWithin(repository: string, file: string): Promise<string | undefined> {
  const folder = await realpath(path.dirname(file)).catch(() => path.dirname(file));
  const relative = path.relative(await realpath(repository), path.join(folder, path.basename(file)));
  return relative.startsWith('..') || path.isAbsolute(relative) ? undefined : relative.split(path.sep).join('/');
}
