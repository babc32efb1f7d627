import type { EndedEarly, RunReport, TestReport } from '@meho/core/report/run-report';
import type { Tally } from '@meho/core/report/tally';
import type { GivenRun } from './given-run.ts';
import { type LostCheck, lostChecks } from './lost-checks.ts';
import { noiseRule } from './noise.ts';
import { type SubjectChange, subjectChanges } from './subject-changes.ts';
import { type TimeChange, timeChanges } from './time-changes.ts';

type State = TestReport['state'];

export interface ChangedTest {
  readonly file: string;
  readonly name: string;
  readonly before: State | 'absent';
  readonly after: State | 'absent';
  /** What failed, or why it is skipped. */
  readonly detail?: string;
}

export interface ComparedRun {
  readonly place: string;
  readonly startedAt: string;
  readonly command: string;
  readonly outcome: RunReport['outcome'];
  /** It came to no verdict. */
  readonly ended?: EndedEarly['how'];
  readonly durationMs: number;
  readonly tally: Tally;
}

/** Published as `run-comparison.schema.json`. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly verdict: 'worse' | 'not worse';
  /** In words, each thing that is worse. */
  readonly worse: readonly string[];
  readonly notes: readonly string[];
  /** Oldest first, as given. Verdicts are compared with the last one, times with all. */
  readonly before: readonly ComparedRun[];
  readonly after: ComparedRun;
  readonly tests: {
    readonly newFailures: readonly ChangedTest[];
    readonly stillFailing: readonly ChangedTest[];
    readonly mended: readonly ChangedTest[];
    /** Passed or failed before. */
    readonly newlySkipped: readonly ChangedTest[];
    readonly noLongerSkipped: readonly ChangedTest[];
    readonly appeared: readonly ChangedTest[];
    readonly vanished: readonly ChangedTest[];
  };
  readonly stories: { readonly appeared: readonly string[]; readonly vanished: readonly string[] };
  /** Held in a test of the earlier run, and neither holds nor fails it now. */
  readonly lostChecks: readonly LostCheck[];
  readonly times: {
    readonly rule: string;
    readonly slower: readonly TimeChange[];
    readonly faster: readonly TimeChange[];
  };
  readonly underTest: readonly SubjectChange[];
}

export interface CompareOptions {
  /** A time beyond noise is worse as well. */
  readonly slowerIsWorse: boolean;
}

/** @param before oldest first, at least one */
export function compareRuns(
  before: readonly [GivenRun, ...GivenRun[]],
  after: GivenRun,
  { slowerIsWorse }: CompareOptions,
): Comparison {
  const last = before.at(-1) ?? before[0];
  const tests = changedTests(last.report.tests, after.report.tests);
  const stories = changedStories(last.report.tests, after.report.tests);
  const lost = lostChecks(last.report, after.report);
  const times = timeChanges(
    before.map(({ report }) => report),
    after.report,
  );
  const slower = times.filter(({ change }) => change === 'slower');
  const gone = tests.vanished.filter((test) => test.before !== 'skipped');
  const worse = [
    ...(after.report.ended === undefined ? [] : [`no verdict: the run ${howEnded(after.report.ended)}`]),
    ...counted(tests.newFailures.length, 'new failure'),
    ...counted(tests.newlySkipped.length, 'test newly skipped', 'tests newly skipped'),
    ...counted(gone.length, 'test gone', 'tests gone'),
    ...counted(lost.length, 'check no longer shown to hold', 'checks no longer shown to hold'),
    ...redForAnotherReason(last.report, after.report),
    ...(slowerIsWorse ? counted(slower.length, 'time beyond noise', 'times beyond noise') : []),
  ];
  return {
    schemaVersion: 1,
    verdict: worse.length > 0 ? 'worse' : 'not worse',
    worse,
    notes: [...orderNotes(last, after), ...endNotes(last)],
    before: before.map(runOf),
    after: runOf(after),
    tests,
    stories,
    lostChecks: lost,
    times: { rule: noiseRule, slower, faster: times.filter(({ change }) => change === 'faster') },
    underTest: subjectChanges(last.report.underTest, after.report.underTest),
  };
}

function howEnded({ how, during }: EndedEarly): string {
  return `${how === 'interrupted' ? 'was interrupted' : how}${during === undefined ? '' : ` during ${during}`}`;
}

function endNotes({ place, report: { ended } }: GivenRun): readonly string[] {
  return ended === undefined ? [] : [`${place} ${howEnded(ended)}: it has results of a part of its stories`];
}

const counted = (count: number, one: string, many = `${one}s`) =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];

/** E.g. clean-up that failed, or a run in which nothing passed. */
function redForAnotherReason(before: RunReport, after: RunReport): readonly string[] {
  const explains = after.tests.some(({ state }) => state === 'failed');
  const isGreen = before.outcome === 'passed';
  return isGreen && after.outcome === 'failed' && !explains && after.ended === undefined
    ? ['the run failed without a failed test']
    : [];
}

function orderNotes(before: GivenRun, after: GivenRun): readonly string[] {
  return Date.parse(before.report.startedAt) > Date.parse(after.report.startedAt)
    ? [`${before.place} is newer than ${after.place}: the older run is expected first`]
    : [];
}

const runOf = ({ place, report }: GivenRun): ComparedRun => {
  const { startedAt, command, outcome, durationMs, tally, ended } = report;
  return {
    place,
    startedAt,
    command,
    outcome,
    ...(ended === undefined ? {} : { ended: ended.how }),
    durationMs,
    tally,
  };
};

function changedTests(before: readonly TestReport[], after: readonly TestReport[]): Comparison['tests'] {
  const was = byTest(before);
  const is = byTest(after);
  const keys = [...new Set([...is.keys(), ...was.keys()])];
  const all = keys.flatMap((key): readonly ChangedTest[] => {
    const [old, now] = [was.get(key), is.get(key)];
    const shown = now ?? old;
    if (shown === undefined) {
      return [];
    }
    const { file, name } = shown;
    const detail = now?.detail === undefined ? {} : { detail: now.detail };
    return [{ file, name, before: old?.state ?? 'absent', after: now?.state ?? 'absent', ...detail }];
  });
  const are = (isMeant: (test: ChangedTest) => boolean) => all.filter(isMeant);
  return {
    newFailures: are((test) => test.after === 'failed' && test.before !== 'failed'),
    stillFailing: are((test) => test.after === 'failed' && test.before === 'failed'),
    mended: are((test) => test.after === 'passed' && test.before === 'failed'),
    newlySkipped: are((test) => test.after === 'skipped' && (test.before === 'passed' || test.before === 'failed')),
    noLongerSkipped: are((test) => test.after === 'passed' && test.before === 'skipped'),
    appeared: are((test) => test.before === 'absent' && test.after !== 'failed'),
    vanished: are((test) => test.after === 'absent'),
  };
}

/** One that is there twice has its worst state. */
function byTest(tests: readonly TestReport[]): ReadonlyMap<string, TestReport> {
  const rank = { failed: 0, passed: 1, skipped: 2 } as const;
  const found = new Map<string, TestReport>();
  for (const test of tests) {
    const key = JSON.stringify([test.file, test.name]);
    const other = found.get(key);
    if (other === undefined || rank[test.state] < rank[other.state]) {
      found.set(key, test);
    }
  }
  return found;
}

function changedStories(before: readonly TestReport[], after: readonly TestReport[]): Comparison['stories'] {
  const [was, is] = [before, after].map((tests) => new Set(tests.map(({ file }) => file)));
  return {
    appeared: [...(is ?? [])].filter((file) => !was?.has(file)).toSorted(),
    vanished: [...(was ?? [])].filter((file) => !is?.has(file)).toSorted(),
  };
}
