import type { TestReport } from '@meho/core/report/run-report';
import { addTallies, emptyTally, type Tally } from '@meho/core/report/tally';

export interface Repetition {
  readonly tally: Tally;
  readonly tests: readonly TestReport[];
}

export interface Repetitions {
  readonly tally: Tally;
  /** Each test once: failed if it ever failed, and then how often. */
  readonly tests: readonly TestReport[];
  /** A line for each story, and one for all. */
  readonly lines: readonly string[];
}

/**
 * Whole stories, each with an install of its own. The test runner's own `repeats` does a test again on what the one
 * before has left: a story that ends with an uninstall would fail the second time.
 */
export function mergeRepetitions(all: readonly Repetition[]): Repetitions {
  const times = (failed: number) => `${failed} of ${all.length} failed`;
  const stories = Map.groupBy(
    all.flatMap(({ tests }, index) => tests.map((test) => ({ ...test, index }))),
    ({ file }) => file,
  );
  const failedRuns = (tests: readonly { readonly state: TestReport['state']; readonly index: number }[]) =>
    new Set(tests.filter(({ state }) => state === 'failed').map(({ index }) => index)).size;
  const tests = [...stories.values()].flatMap((story) =>
    [...Map.groupBy(story, ({ name }) => name).values()].flatMap((same) => {
      const shown = same.find(({ state }) => state === 'failed') ?? same[0];
      if (shown === undefined) {
        return [];
      }
      const { index: _, ...test } = shown;
      const durationMs = same.reduce((sum, each) => sum + each.durationMs, 0);
      const detail = test.state === 'failed' ? { detail: `${times(failedRuns(same))}\n${test.detail ?? ''}` } : {};
      return [{ ...test, durationMs, ...detail }];
    }),
  );
  return {
    tally: all.map(({ tally }) => tally).reduce(addTallies, emptyTally),
    tests,
    lines: [
      ...[...stories].map(([file, story]) => `${file}: ${times(failedRuns(story))}`),
      `all: ${times(all.filter(({ tally }) => tally.failed > 0 || tally.passed === 0).length)}`,
    ],
  };
}
