import { createHash } from 'node:crypto';
import { Invalid } from '@meho/core/command-line/flags';
import { UsageError } from '@meho/core/problem';
import { busyTime } from '@meho/core/report/promises/busy-time';
import type { RunReport, TestReport } from '@meho/core/report/run-report';
import type { Phase } from '@meho/core/report/timeline';
import { readRun } from '../report/given-run.ts';

export interface StoryTimes {
  /** Where they are from, as it was named. */
  readonly place: string;
  /** Of the times, so that shards can be compared by it. */
  readonly digest: string;
  readonly ms: ReadonlyMap<string, number>;
  /** What comes before the stories, in each shard again. */
  readonly setUpMs: number;
}

/** For a flag: the times of an earlier run. */
export function readStoryTimes(place: string): StoryTimes | Invalid {
  try {
    const { report } = readRun(place);
    return report.command === 'acceptance'
      ? timesOf(place, report)
      : new Invalid(`the report of a run of acceptance, and this is one of ${report.command}`);
  } catch (error) {
    if (error instanceof UsageError) {
      return new Invalid(`the report of a run; ${error.problems.join('; ')}`);
    }
    throw error;
  }
}

export function timesOf(place: string, report: RunReport): StoryTimes {
  const ms = new Map(storiesOf(report).map(({ file, durationMs }) => [file, durationMs]));
  const sorted = [...ms].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 12);
  return { place, digest, ms, setUpMs: setUpOf(report) };
}

/** What each story took, without what came before all of them; tests beside each other count once where they say when they began. */
export function storiesOf(report: RunReport): readonly { readonly file: string; readonly durationMs: number }[] {
  if (report.stories !== undefined) {
    return report.stories;
  }
  const tests = report.tests.map(withoutSetUp(report));
  return [...Map.groupBy(tests, ({ file }) => file)].map(([file, all]) => ({
    file,
    // One that was skipped doesn't say when.
    durationMs: Math.round(busyTime(all.filter(({ state }) => state !== 'skipped'))),
  }));
}

/** Tests that ask for the environment wait until it is there. */
function withoutSetUp(report: RunReport): (test: TestReport) => TestReport {
  const { tests, startedAt } = report;
  const setUpMs = setUpOf(report);
  const readyMs = Date.parse(startedAt) + setUpSpan(report.phases).endMs;
  // Of a report that doesn't say when tests began, the first one has waited; or a story that was skipped, since looking
  // at what it needs starts the environment.
  const first = tests.find(({ state, durationMs }) => state === 'skipped' || durationMs >= setUpMs);
  return (test) => {
    if (setUpMs === 0 || test.state === 'skipped') {
      return test;
    }
    if (test.startedAt === undefined) {
      return test === first ? { ...test, durationMs: test.durationMs - setUpMs } : test;
    }
    const fromMs = Date.parse(test.startedAt);
    const toMs = fromMs + test.durationMs;
    // One that ended before needed no environment.
    return fromMs >= readyMs || toMs <= readyMs
      ? test
      : { ...test, startedAt: new Date(readyMs).toISOString(), durationMs: toMs - readyMs };
  };
}

const isSetUp = ({ title, depth }: Phase) =>
  depth === 1 && /^cluster\b|^attach to the cluster$| beside the cluster$|^ingress controller$/.test(title);

/** From the start of the cluster until a release can be installed; its parts overlap. */
export function setUpOf({ phases, setUpMs }: Pick<RunReport, 'phases' | 'setUpMs'>): number {
  if (setUpMs !== undefined) {
    return setUpMs;
  }
  const { startMs, endMs } = setUpSpan(phases);
  return Math.round(endMs - startMs);
}

function setUpSpan(phases: readonly Phase[]): { readonly startMs: number; readonly endMs: number } {
  const parts = phases.filter(isSetUp);
  return parts.length === 0
    ? { startMs: 0, endMs: 0 }
    : {
        startMs: Math.min(...parts.map(({ startMs }) => startMs)),
        endMs: Math.max(...parts.map(({ startMs, durationMs }) => startMs + durationMs)),
      };
}
