import { code, collapsible, preformatted, sentence, table } from './markdown.ts';
import { behind, worstFirst } from './run-page/promise-words.ts';
import { sinceSentence, verdictSentence } from './run-page/verdict-sentence.ts';
import { states } from './run-page/words.ts';
import type { RunReport } from './run-report.ts';
import { closingLine } from './tally.ts';
import { phaseTable, seconds } from './timeline.ts';

/**
 * The step summary, as the report's first screen: verdict, since when, what to run next, the promises; then what was
 * under test, and timing. What failed follows it, see `run-failure.ts`.
 */
export function runSummary(report: RunReport): string {
  const { outcome, ended, tally, durationMs, tests, underTest, phases, promises = [], next } = report;
  const skipped = tests.filter(({ state }) => state === 'skipped');
  const since = sinceSentence(report);
  const asked = worstFirst(promises).filter(({ state }) => state !== 'not asked');
  return [
    `### MEHO acceptance: ${ended !== undefined ? '**no verdict**' : outcome === 'passed' ? 'passed' : '**failed**'}`,
    `${sentence(verdictSentence(report))}`,
    `${closingLine(tally)} in ${seconds(durationMs)}.`,
    ...(since === undefined ? [] : [`Since when: ${sentence(since)}`]),
    ...(next === undefined ? [] : [`Run next: ${code(next)}`]),
    ...(asked.length === 0
      ? []
      : [
          table(
            ['promise', 'state', 'what stands behind it'],
            asked.map((promise) => [
              sentence(promise.title),
              `${states[promise.state].mark} ${promise.state}`,
              sentence(behind(promise)),
            ]),
          ),
        ]),
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
          collapsible(
            `${skipped.length} skipped`,
            skipped.map(({ name, detail = '' }) => `- ${code(name)}: ${code(detail)}`).join('\n'),
          ),
        ]),
    collapsible('Where the time went', preformatted(phaseTable(phases, durationMs))),
    '',
  ].join('\n\n');
}
