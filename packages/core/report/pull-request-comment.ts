import { failureMarkdown, type RerunnableFailure } from './run-failure.ts';
import type { RunReport } from './run-report.ts';
import { runSummary } from './run-summary.ts';

/** By its first line a workflow finds the comment of an earlier run, to replace it. */
export const commentMarker = '<!-- meho-acceptance run -->';

/** GitHub refuses a comment of more than 65,536 characters. */
const longest = 60_000;
const mostFailures = 5;

/** For a pull request: the first screen of the run's page, then the first failures. */
export function pullRequestComment(report: RunReport): string {
  const failed = report.tests.filter(({ state }) => state === 'failed');
  const hidden = failed.length - mostFailures;
  const parts = [
    `${commentMarker}\n${runSummary(report).trimEnd()}`,
    ...(failed.length === 0 ? [] : [failureMarkdown(failed.slice(0, mostFailures).map(rerunnable))]),
    ...(hidden > 0 ? [`And ${hidden} more, in the run's report.`] : []),
  ];
  const whole = `${parts.join('\n\n')}\n`;
  // Markdown that is cut would open what nothing closes.
  return whole.length <= longest ? whole : short(report, failed.length);
}

/** Of a run with more to tell than a comment takes. */
function short(report: RunReport, failed: number): string {
  const bare = runSummary({ ...report, tests: [], phases: [] }).trimEnd();
  return `${commentMarker}\n${bare}\n\n${failed} failed: they are in the run's report.\n`;
}

const rerunnable = ({ file, name, detail = '', rerun }: RunReport['tests'][number]): RerunnableFailure => ({
  ...{ project: 'suites', file, names: [name], detail, rerun: rerun ?? 'npm run acceptance' },
});
