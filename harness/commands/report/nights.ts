import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { type GivenRun, readRun, reportName } from './given-run.ts';

/** One run of a night. */
export interface NightRun {
  /** Its folder's name. */
  readonly name: string;
  /** Absent: it broke off, or its report can't be read. */
  readonly run?: GivenRun;
  /** Why its report can't be read. */
  readonly unreadable?: string;
}

export interface Night {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  /** In order; the last one counts. */
  readonly runs: readonly NightRun[];
}

export interface Nights {
  /** Every day of the span, oldest first; one without a run is missing. */
  readonly nights: readonly Night[];
  /** Runs outside the span. */
  readonly outside: number;
  /** Folders that say neither when they are from nor what came of it. */
  readonly leftOut: readonly string[];
}

export interface Span {
  /** The last day, `YYYY-MM-DD`. */
  readonly until: string;
  /** At most; the first run that is there begins it. */
  readonly days: number;
}

const dayMs = 86_400_000;

/**
 * @param folder a folder for each run, with its report.json; one that begins with a date is a run of that day that left
 * none
 * @throws UsageError, one line, without any run
 */
export function readNights(folder: string, { until, days }: Span): Nights {
  const found = foldersIn(folder).map((name) => placed(folder, name));
  const leftOut = found.flatMap(({ date, run }) => (date === undefined ? [run.unreadable ?? run.name] : []));
  const dated = found.flatMap(({ date, run }) => (date === undefined ? [] : [{ date, run }]));
  if (dated.length === 0) {
    throw new UsageError([
      `${folder}: expected a folder for each run in it, with its ${reportName}, seen none; next: name the folder that holds the artefacts of several runs`,
    ]);
  }
  const earliest = dated.map(({ date }) => date).toSorted()[0] ?? until;
  const first = [earliest, dateOf(Date.parse(until) - (days - 1) * dayMs)].toSorted().at(-1) ?? until;
  if (first > until) {
    throw new UsageError([`${folder}: expected a run up to ${until}, seen the earliest one on ${earliest}`]);
  }
  const inside = dated.filter(({ date }) => date >= first && date <= until);
  const byDate = Map.groupBy(inside, ({ date }) => date);
  const nights = daysFrom(first, until).map((date) => ({
    date,
    runs: (byDate.get(date) ?? []).map(({ run }) => run).toSorted(inOrder),
  }));
  return { nights, outside: dated.length - inside.length, leftOut };
}

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** By their start; one that left no report by its name. */
function inOrder(a: NightRun, b: NightRun): number {
  const [first, second] = [a.run, b.run].map((run) => run?.report.startedAt);
  return first !== undefined && second !== undefined
    ? Date.parse(first) - Date.parse(second)
    : a.name.localeCompare(b.name, 'en', { numeric: true });
}

function daysFrom(first: string, until: string): readonly string[] {
  const count = Math.round((Date.parse(until) - Date.parse(first)) / dayMs) + 1;
  return Array.from({ length: count }, (_, index) => dateOf(Date.parse(first) + index * dayMs));
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.') && isFolder(path.join(folder, name)))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  } catch (error) {
    const seen =
      error instanceof Error && 'code' in error && error.code === 'ENOTDIR' ? 'a file' : whyUnreadable(error);
    throw new UsageError([`${folder}: expected a folder of runs, seen ${seen}`], { cause: error });
  }
}

function isFolder(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

function placed(folder: string, name: string): { readonly date?: string; readonly run: NightRun } {
  const place = path.join(folder, name);
  const named = dateIn(name);
  const inName = named === undefined ? {} : { date: named };
  if (statSync(path.join(place, reportName), { throwIfNoEntry: false }) === undefined) {
    return { ...inName, run: { name } };
  }
  try {
    const run = readRun(place);
    return { date: dateOf(Date.parse(run.report.startedAt)), run: { name, run } };
  } catch (error) {
    if (!(error instanceof UsageError)) {
      throw error;
    }
    return { ...inName, run: { name, unreadable: error.problems.join('; ') } };
  }
}

/** Only a day that there is. */
function dateIn(name: string): string | undefined {
  const date = /^\d{4}-\d\d-\d\d(?!\d)/.exec(name)?.[0];
  const ms = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(ms) || dateOf(ms) !== date ? undefined : date;
}
