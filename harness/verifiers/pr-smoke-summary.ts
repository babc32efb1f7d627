import { code, folded, preformatted, table } from '../report/markdown.ts';
import { phaseTable, seconds } from '../report/timeline.ts';
import type { StepReport } from './step-report.ts';

export interface SummaryOf {
  readonly pr: number;
  readonly image: string;
  readonly workflowRunUrl: string | undefined;
  readonly report: StepReport;
}

/** Whoever posts the summary finds the comment of an earlier run by this line, and replaces it. */
const commentMarker = '<!-- meho-acceptance pr-smoke -->';

const words = { ok: 'holds', FAIL: '**failed**', WARN: 'warns', note: 'not made' } as const;
const titles = { passed: 'passed', failed: '**failed**', interrupted: '**interrupted**' } as const;

/** The one comment on a pull request: verdict, what failed and where to look, every check, where the time went. */
export function prSmokeSummary({ pr, image, workflowRunUrl, report }: SummaryOf): string {
  const { checks, durationMs, outcome, namespace, phases } = report;
  const failed = checks.filter(({ status }) => status === 'FAIL');
  const link = workflowRunUrl === undefined ? '' : ` [The workflow's run](${workflowRunUrl}).`;
  const gone = failed.some(({ id }) => id === 'tear-down') ? 'is **not** removed' : 'is removed';
  return [
    commentMarker,
    `### Smoke of pull request ${pr}: ${titles[outcome]}`,
    `${code(image)} in namespace ${code(namespace)}, ${seconds(durationMs)} in all. The namespace ${gone}.${link}`,
    ...failed.map(
      ({ title, expected = '', observed = '', hint = '', evidence = [] }) =>
        `**${title}** failed.\n\n- expected: ${code(expected)}\n- seen: ${code(observed, 600)}\n- look first: ${code(hint)}${
          evidence.length === 0 ? '' : `\n\n${folded('diagnosis', preformatted(evidence.join('\n').slice(0, 8000)))}`
        }`,
    ),
    table(
      ['', 'check', 'seen'],
      checks.map(({ status, title, observed, reason }) => [words[status], code(title), code(observed ?? reason ?? '')]),
    ),
    folded(
      'Where the time went',
      preformatted(
        phaseTable(
          phases.map((phase) => ({ ...phase, depth: 0 })),
          durationMs,
        ),
      ),
    ),
    '',
  ].join('\n\n');
}
