import { code, folded, preformatted, table } from './markdown.ts';
import type { RunReport } from './run-report.ts';
import { closingLine } from './tally.ts';
import { phaseTable, seconds } from './timeline.ts';

/** A run for a workflow's step summary: the verdict, what failed, what was under test, where the time went. */
export function runSummary({ outcome, tally, durationMs, tests, underTest, phases }: RunReport): string {
  const failed = tests.filter(({ state }) => state === 'failed');
  const skipped = tests.filter(({ state }) => state === 'skipped');
  return [
    `### MEHO acceptance: ${outcome === 'passed' ? 'passed' : '**failed**'}`,
    `${closingLine(tally)} in ${seconds(durationMs)}.`,
    ...failed.map(({ name, detail = '' }) => `**failed** ${code(name)}\n\n${preformatted(detail.slice(0, 4000))}`),
    ...(underTest === undefined
      ? ['There was no cluster: the suites asked for none, or it did not come up.']
      : [
          table(
            ['under test', ''],
            [
              ['cluster', code(`${underTest.cluster.distribution} ${underTest.cluster.kubernetesVersion}`)],
              ['policy engine', code(underTest.cluster.policyEngine)],
              ['chart', code(`${underTest.chart.name} ${underTest.chart.version}`)],
              ['image', code(`${underTest.image.reference} of ${underTest.image.gitSha}`)],
            ],
          ),
        ]),
    ...(skipped.length === 0
      ? []
      : [
          folded(
            `${skipped.length} skipped`,
            skipped.map(({ name, detail = '' }) => `- ${code(name)}: ${code(detail)}`).join('\n'),
          ),
        ]),
    folded('Where the time went', preformatted(phaseTable(phases, durationMs))),
    '',
  ].join('\n\n');
}
