import { code, collapsible, preformatted, table } from '@meho/core/report/markdown';
import { phaseTable, seconds } from '@meho/core/report/timeline';
import { failedCheck } from './failed-check.ts';
import type { StepReport } from './step-report.ts';

export interface SummaryOf {
  readonly pr: number;
  readonly image: string;
  readonly workflowRunUrl: string | undefined;
  readonly report: StepReport;
}

/** Marks an earlier run's comment for replacement. */
const commentMarker = '<!-- meho-acceptance pr-smoke -->';

const words = { ok: 'holds', FAIL: '**failed**', WARN: 'warns', note: 'not made' } as const;
const titles = { passed: 'passed', failed: '**failed**', interrupted: '**interrupted**' } as const;

export function prSmokeSummary({ pr, image, workflowRunUrl, report }: SummaryOf): string {
  const { checks, durationMs, outcome, namespace, phases } = report;
  const failed = checks.filter(({ status }) => status === 'FAIL');
  const link = workflowRunUrl === undefined ? '' : ` [The workflow's run](${workflowRunUrl}).`;
  const gone = failed.some(({ id }) => id === 'tear-down') ? 'is **not** removed' : 'is removed';
  return [
    commentMarker,
    `### Smoke of pull request ${pr}: ${titles[outcome]}`,
    `${code(image)} in namespace ${code(namespace)}, ${seconds(durationMs)} in all. The namespace ${gone}.${link}`,
    ...failed.map((check) => failedCheck(check, 'diagnosis')),
    table(
      ['', 'check', 'seen'],
      checks.map(({ status, title, observed, reason }) => [words[status], code(title), code(observed ?? reason ?? '')]),
    ),
    collapsible(
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
