import type { CheckRecord, RunReport, TestReport } from '../run-report.ts';
import { bounded } from './bounded.ts';

/** A failure as a reader wants it; those that say the same are told once. */
export interface ToldFailure {
  readonly expected: string;
  /** Whether the failure says what was expected: else it is its story's name. */
  readonly isSaid: boolean;
  readonly seen: string;
  readonly cause: string;
  /** To paste, or a sentence: the check's advice first. */
  readonly further: readonly string[];
  readonly evidence: readonly string[];
  /** From the repository's root. */
  readonly page: string;
  /** The first in the order of the run, then the others of the same words. */
  readonly tests: readonly [TestReport, ...TestReport[]];
}

const longest = 600;
/** Where no check is at fault. */
const generalPage = 'docs/debugging-a-red-run.md';
const noCause = 'No cause was named: the evidence, and the line to run next, are where to look.';
export const noEvidence = 'nothing was kept of it; it says all that is known below';

export function toldFailures({ tests, checks }: Pick<RunReport, 'tests' | 'checks'>): readonly ToldFailure[] {
  const groups = new Map<string, ToldFailure>();
  for (const test of tests.filter(({ state }) => state === 'failed')) {
    const told = toldFailure(test, stillRed(checks.filter((check) => check.test === test.name)));
    const key = JSON.stringify([test.file.split('/').slice(0, 2), told.expected, told.seen, told.cause]);
    const same = groups.get(key);
    groups.set(key, same === undefined ? told : { ...same, tests: [...same.tests, test] });
  }
  return [...groups.values()];
}

/** In their last word, because a story may break something and heal it. */
function stillRed(checks: readonly CheckRecord[]): readonly CheckRecord[] {
  const last = new Map(checks.map((check) => [check.id, check]));
  return [...last.values()].filter(({ outcome }) => outcome === 'violated' || outcome === 'unknown');
}

function toldFailure(test: TestReport, red: readonly CheckRecord[]): ToldFailure {
  const { failure = {}, detail = '', rerun, evidence = [] } = test;
  const [check] = red;
  // What a Problem says comes with what to do about it; an assertion's words say less than its check's.
  const isCheck = check !== undefined && failure.next === undefined;
  const [first = ''] = detail.trim().split('\n');
  const expected = isCheck ? withTitle(check, check.expected) : failure.expected;
  const seen = isCheck ? check.observed : failure.observed;
  const causes = [
    ...(failure.cause === undefined ? [] : [failure.cause]),
    ...(check?.evidence ?? []),
    ...red.slice(isCheck ? 1 : 0).map((other) => `${withTitle(other, other.expected)}; seen ${other.observed ?? ''}`),
  ];
  return {
    expected: bounded(expected ?? `“${test.name}” to hold`, longest),
    isSaid: expected !== undefined,
    seen: bounded(seen ?? (first === '' ? 'nothing was said' : first), longest),
    cause: bounded(causes.length === 0 ? noCause : causes.join('\n'), longest),
    further: [check?.hint, failure.next, rerun].flatMap((line) => (line === undefined || line === '' ? [] : [line])),
    evidence,
    page: check?.page ?? generalPage,
    tests: [test],
  };
}

function withTitle({ title }: CheckRecord, expected = 'it to hold'): string {
  return `${title}: ${expected}`;
}
