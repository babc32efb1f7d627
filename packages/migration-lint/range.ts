import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { CommandError, run } from '@meho/core/process/run';
import { type Collected, classify, type Skipped, upOf } from './collect.ts';
import { environmentFinder } from './environment.ts';
import type { MigrationFile } from './lint.ts';

/** Changing or removing a migration older than the range is a finding of its own. */
interface Rewritten {
  readonly path: string;
  readonly how: 'edited' | 'deleted';
}

export interface CollectedRange extends Collected {
  readonly rewritten: readonly Rewritten[];
}

const gitTimeoutMs = 60_000;
/** Bytes. */
const maxOutput = 64 * 1024 * 1024;

interface Place {
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Takes migrations as of the range's end, not the work tree.
 * @param range `A..B` or `A...B` (since the merge base); without B, up to HEAD
 * @param paths limits the search
 * @throws UsageError for an invalid range, an unknown commit or no git repository
 */
export async function collectRange(
  range: string,
  paths: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<CollectedRange> {
  const place: Place = { cwd, signal };
  const [, base = '', dots = '..', tip = ''] = /^([^\s]+?)(\.{2,3})([^\s]*)$/.exec(range) ?? [];
  if (base === '' || base.startsWith('-') || tip.startsWith('-')) {
    throw new UsageError([`--range: expected two commits as A..B, got ${JSON.stringify(range)}`]);
  }
  const end = tipOf(range);
  await git(place, ['rev-parse', '--show-toplevel'], `${cwd}: expected a git repository`);
  for (const commit of [base, end]) {
    await git(
      place,
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`],
      `--range: expected a commit, got ${JSON.stringify(commit)} (in a shallow clone, fetch it first)`,
    );
  }
  for (const given of paths) {
    await exists(place, [base, end], given);
  }
  const listed = await git(
    place,
    [
      'diff',
      '--name-status',
      '--no-renames',
      '--relative',
      '-z',
      '--end-of-options',
      `${base}${dots}${end}`,
      '--',
      ...(paths.length === 0 ? ['.'] : paths),
    ],
    `--range: expected a range of commits, got ${JSON.stringify(range)}`,
  );
  // What `A...B` compares with; removed files still exist there.
  const before =
    dots === '...'
      ? (await git(place, ['merge-base', base, end], `--range: expected ${base} and ${end} to be related`)).trim()
      : base;
  const fields = listed.split('\0').filter((field) => field !== '');
  const migrations: MigrationFile[] = [];
  const skipped: Skipped[] = [];
  const rewritten: Rewritten[] = [];
  const environmentOf = environmentFinder(async (file) =>
    file.startsWith('..') || (await filesAt(place, end, file)) === '' ? undefined : textAt(place, end, file),
  );
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [status = '', file = ''] = fields.slice(index, index + 2);
    if (!/\.(?:sql|py)$/i.test(file)) {
      continue;
    }
    const isGone = status.startsWith('D');
    const at = isGone ? before : end;
    const up = upOf(file);
    const hasUp = up !== undefined && (await filesAt(place, at, up)) !== '';
    const sorted = classify(file, await textAt(place, at, file), hasUp);
    if ('reason' in sorted) {
      skipped.push(sorted);
      continue;
    }
    if (!status.startsWith('A')) {
      rewritten.push({ path: file, how: isGone ? 'deleted' : 'edited' });
    }
    if (!isGone) {
      migrations.push(sorted.language === 'python' ? { ...sorted, environment: await environmentOf(file) } : sorted);
    }
  }
  return { migrations, skipped, rewritten };
}

export interface RangeBase {
  readonly commit: string;
  readonly repository: string;
  /** @param file relative to the repository; @returns undefined where there is none */
  readonly textOf: (file: string) => Promise<string | undefined>;
}

/** What the range starts from: its first commit, or the merge base of `A...B`. Of a range that was collected. */
export async function baseOfRange(range: string, cwd: string, signal: AbortSignal): Promise<RangeBase> {
  const [, first = '', dots = ''] = /^([^\s]+?)(\.{2,3})/.exec(range) ?? [];
  const repository = (
    await git({ cwd, signal }, ['rev-parse', '--show-toplevel'], `${cwd}: expected a git repository`)
  ).trim();
  const place: Place = { cwd: repository, signal };
  const commit =
    dots === '...'
      ? (await git(place, ['merge-base', first, tipOf(range)], `--range: expected ${range} to be related`)).trim()
      : first;
  return {
    commit,
    repository,
    textOf: async (file) => ((await filesAt(place, commit, file)) === '' ? undefined : textAt(place, commit, file)),
  };
}

/** The commit that `A..B` ends at. */
export function tipOf(range: string): string {
  const tip = /^[^\s]+?\.{2,3}([^\s]*)$/.exec(range)?.[1] ?? '';
  return tip === '' ? 'HEAD' : tip;
}

/** A folder missing at both ends is a typo; an empty result would look like a pass. */
async function exists(at: Place, commits: readonly string[], given: string): Promise<void> {
  const relative = path.relative(at.cwd, path.resolve(at.cwd, given));
  for (const commit of commits) {
    const found = relative === '' ? 'tree' : await filesAt(at, commit, relative);
    if (found.trim() !== '') {
      return;
    }
  }
  throw new UsageError([`${given}: expected a folder or file that is there at ${commits.join(' or ')}`]);
}

async function filesAt(at: Place, commit: string, relative: string): Promise<string> {
  return git(at, ['ls-tree', '--end-of-options', commit, relative], `${relative}: expected a path in this repository`);
}

/** @throws UsageError unless UTF-8: git replaces invalid characters */
async function textAt(at: Place, commit: string, file: string): Promise<string> {
  const place = `${commit}:./${file}`;
  const text = await git(at, ['show', '--end-of-options', place], `${file}: expected to be readable at ${commit}`);
  if (text.includes('\uFFFD')) {
    const size = await git(at, ['cat-file', '-s', place], `${file}: expected to be readable at ${commit}`);
    if (Buffer.byteLength(text) > Number(size)) {
      throw new UsageError([`${file}: expected text in UTF-8`]);
    }
  }
  return text.replace(/^\uFEFF/, '');
}

async function git({ cwd, signal }: Place, args: readonly string[], expected: string): Promise<string> {
  try {
    const { stdout } = await run('git', args, { cwd, timeoutMs: gitTimeoutMs, signal, maxOutput });
    return stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw new UsageError(
      [error instanceof CommandError && error.exitCode === undefined ? `git: ${error.observed}` : expected],
      { cause: error },
    );
  }
}
