import type { TestReport } from '../run-report.ts';

/** In ms: the time in which any of them ran; their sum, where it isn't known when they began. */
export function busyTime(tests: readonly Pick<TestReport, 'startedAt' | 'durationMs'>[]): number {
  const spans = tests.flatMap(({ startedAt, durationMs }) =>
    startedAt === undefined ? [] : [{ from: Date.parse(startedAt), to: Date.parse(startedAt) + durationMs }],
  );
  if (spans.length < tests.length) {
    return tests.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }
  let [busy, until] = [0, -Infinity];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}
