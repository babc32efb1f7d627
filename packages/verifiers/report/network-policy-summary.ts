import { code, table } from '@meho/core/report/markdown';
import { seconds } from '@meho/core/report/timeline';
import { failedCheck } from './failed-check.ts';
import type { StepReport } from './step-report.ts';

const titles = { passed: 'passed', failed: '**failed**', interrupted: '**interrupted**' } as const;
const words = { ok: 'holds', FAIL: '**failed**', WARN: 'warns', note: 'not made' } as const;

/** @param unused acceptances: with any, a passed run has not run as asked */
export function networkPolicySummary(
  { namespace, outcome, checks, accepted = 0, durationMs }: StepReport,
  unused: readonly string[],
): string {
  const verdict = outcome === 'passed' && unused.length > 0 ? '**not as asked**' : titles[outcome];
  const failed = checks.filter(({ status }) => status === 'FAIL');
  return [
    `### Who may talk to whom in ${code(namespace)}: ${verdict}`,
    `${seconds(durationMs)} in all${accepted === 0 ? '' : `, accepted: ${accepted}`}.`,
    ...unused.map((line) => `- ${code(line)}`),
    ...failed.map((check) => failedCheck(check, 'flows')),
    table(
      ['', 'check', 'seen'],
      checks.map(({ status, id, title, observed, reason, accepted: by }) => [
        by === undefined ? words[status] : 'accepted',
        code(`${id}: ${title}`),
        code(by === undefined ? (observed ?? reason ?? '') : `${observed}; because ${by.because}`, 600),
      ]),
    ),
    '',
  ].join('\n\n');
}
