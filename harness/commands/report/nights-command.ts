import { existsSync } from 'node:fs';
import path from 'node:path';
import { defaulted, Invalid, optional, readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { usage } from '@meho/core/command-line/usage';
import { outputFile, wholeNumber } from '@meho/core/command-line/values';
import { messageOf, UsageError } from '@meho/core/problem';
import { err, out, writeReport } from '@meho/core/report/output';
import { otherCodes } from '../calling/input.ts';
import { splitPositional } from '../calling/positional.ts';
import { reportName } from './given-run.ts';
import { dateOf, type NightRun, readNights } from './nights.ts';
import { nightsPage, nightsSummary } from './nights-page.ts';

const mostDays = 366;

const flags = {
  page: optional('FILE', 'where the page goes; index.html in the folder where absent', outputFile),
  days: defaulted('N', 'how many days at most, back from the last one', wholeNumber(1, mostDays), 31),
  until: optional('YYYY-MM-DD', 'the last day; today (UTC) where absent', day),
};

export const nightsUsage = usage({
  command: 'npm run report -- nights FOLDER',
  summary: [
    'Makes a page with one row a night of the runs in a folder, each in a folder of its own with its report.json.',
    'A folder whose name begins with a date (YYYY-MM-DD) and that holds no report is a night without a verdict.',
    'A report that can’t be read is on the page as such.',
  ].join('\n'),
  flags,
  environment: {},
  exitCodes: `0 the page is written, 1 it can't be, ${otherCodes}`,
});

/** @throws UsageError for a folder without runs */
export async function runNights(args: readonly string[], now: number = Date.now()): Promise<0 | 1> {
  const { folder, values } = readInput(args);
  const today = dateOf(now);
  const read = readNights(folder, { until: values.until ?? today, days: values.days });
  const file = values.page ?? path.join(folder, 'index.html');
  const linkTo = ({ name, run }: NightRun) => reportOf(folder, name, run !== undefined, path.dirname(file));
  const page = { ...read, today, madeAt: new Date(now).toISOString(), linkTo };
  try {
    await writeReport(file, 'html', nightsPage(page));
  } catch (error) {
    err(`error: ${file}: expected to write the page there, seen ${messageOf(error)}\n`);
    return 1;
  }
  const unread = [
    ...read.leftOut,
    ...read.nights.flatMap(({ runs }) => runs.flatMap(({ unreadable }) => unreadable ?? [])),
  ];
  for (const each of unread) {
    err(`not read: ${each}\n`);
  }
  out(`${nightsSummary(page)}\npage: ${file}\n`);
  return 0;
}

function readInput(args: readonly string[]) {
  const { positional, rest } = splitPositional(flags, args);
  const read = readFlags(flags, rest);
  const [folder, ...more] = positional;
  const isOne = folder !== undefined && more.length === 0;
  const problems = isOne
    ? read.problems
    : [...read.problems, `nights: expected one folder of runs, seen ${positional.join(' ') || 'none'}`];
  if (folder === undefined || problems.length > 0) {
    throw new UsageError(problems);
  }
  // Complete if there are no problems.
  return { folder, values: read.values as ValuesOf<typeof flags> };
}

function day(text: string): string | Invalid {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) || dateOf(ms) !== text ? new Invalid('a day as YYYY-MM-DD') : text;
}

/** Its page, else its document, as the page beside it links to it. */
function reportOf(folder: string, name: string, isRead: boolean, from: string): string | undefined {
  const names = ['report.html', ...(isRead ? [reportName] : [])];
  const there = names.map((each) => path.join(folder, name, each)).find((each) => existsSync(each));
  return there === undefined
    ? undefined
    : path.relative(path.resolve(from), path.resolve(there)).split(path.sep).map(encodeURIComponent).join('/');
}
