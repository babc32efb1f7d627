import { code, folded, preformatted, table } from '../report/markdown.ts';
import { seconds } from '../report/timeline.ts';
import type { StepReport } from './step-report.ts';

const titles = { passed: 'passed', failed: '**failed**', interrupted: '**interrupted**' } as const;
const words = { ok: 'holds', FAIL: '**failed**', WARN: 'warns', note: 'not made' } as const;

/**
 * The verdict as Markdown: what failed and by which rules, what is accepted and why, every check.
 *
 * @param unused acceptances that were for nothing: with them a run that passed has not run as asked
 */
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
    ...failed.map(
      ({ title, expected = '', observed = '', hint = '', evidence = [] }) =>
        `**${title}** failed.\n\n- expected: ${code(expected)}\n- seen: ${code(observed, 600)}\n- look first: ${code(hint, 600)}${
          evidence.length === 0 ? '' : `\n\n${folded('flows', preformatted(evidence.join('\n').slice(0, 8000)))}`
        }`,
    ),
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
