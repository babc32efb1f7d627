import { expect, test } from 'vitest';
import { commentMarker, pullRequestComment } from './pull-request-comment.ts';
import type { TestReport } from './run-report.ts';
import { runSummary } from './run-summary.ts';
import { aRun } from './testing/a-run.ts';

const failing = (count: number, detail: string): readonly TestReport[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ file: 'suites/smoke/b.spec.ts', name: `fails ${index}`, state: 'failed', durationMs: 1, detail },
  }));

test('begins with its mark, has the first screen of the summary and what failed with its way back', () => {
  const comment = pullRequestComment(aRun());
  expect(comment.startsWith(`${commentMarker}\n${runSummary(aRun()).trimEnd()}`)).toBe(true);
  expect(comment).toContain('reads Vault');
  expect(comment).toContain('run it again');
});

test('tells the first failures, and how many more there are', () => {
  const comment = pullRequestComment(aRun({ tests: failing(30, 'seen 2') }));
  expect(comment.match(/run it again/g)).toHaveLength(5);
  expect(comment).toContain("And 25 more, in the run's report.");
});

test('fits into a comment whatever the run holds, and what it opens it closes', () => {
  const skipped = failing(3000, 'x'.repeat(300)).map((each) => ({ ...each, state: 'skipped' as const }));
  for (const tests of [skipped, failing(3000, '<'.repeat(50_000))]) {
    const comment = pullRequestComment(aRun({ tests }));
    expect(comment.length).toBeLessThan(65_536);
    expect(comment.match(/<details>/g)?.length ?? 0).toBe(comment.match(/<\/details>/g)?.length ?? 0);
    expect(comment.match(/<pre>/g)?.length ?? 0).toBe(comment.match(/<\/pre>/g)?.length ?? 0);
  }
});

test('mentions nobody', () => {
  expect(pullRequestComment(aRun({ tests: failing(1, 'seen @somebody') }))).not.toContain('@somebody');
});
