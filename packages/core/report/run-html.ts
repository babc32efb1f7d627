import { html, none } from './markup.ts';
import { page } from './page.ts';
import { chainPicture } from './run-page/chain-picture.ts';
import { checkTable } from './run-page/check-table.ts';
import { corpusTable } from './run-page/corpus-table.ts';
import { failures } from './run-page/failures.ts';
import { files } from './run-page/files.ts';
import { firstScreen, section } from './run-page/first-screen.ts';
import { notProven } from './run-page/not-proven.ts';
import { phases } from './run-page/phases.ts';
import { promiseTable } from './run-page/promise-table.ts';
import { rollbackPicture } from './run-page/rollback-picture.ts';
import { runStyle } from './run-page/run-style.ts';
import { testTable } from './run-page/test-table.ts';
import { imageTable, underTestFacts } from './run-page/under-test.ts';
import { verdictSentence } from './run-page/verdict-sentence.ts';
import type { RunReport } from './run-report.ts';
import { sortScript } from './sort-script.ts';

/** Self-contained, except links to files beside it: first what was promised and whether it holds, last the time. */
export function runHtml(report: RunReport): string {
  const { tests, checks, durationMs, underTest, attachments } = report;
  const body = html`<h1>MEHO acceptance</h1>
${firstScreen(report)}
${section('Promises', promiseTable(report))}
<div class="pair"><section><h2>Under test</h2>
${underTestFacts(underTest)}</section>
<section><h2>Not proven here, and why</h2>
${notProven(report)}</section></div>
${section('What failed', failures(report), 'failed')}
${section('Upgrade and rollback over time', rollbackPicture(report.rollback), 'rollback')}
${section('The federation chain, leg by leg', chainPicture(report))}
${section('Predicted, executed, observed', corpusTable(report.corpus))}
${section('Every test', tests.length === 0 ? none : testTable(tests))}
${section('Every check', checks.length === 0 ? none : checkTable(checks, tests))}
${section('Files of the run', files(attachments))}
${section('Images', underTest === undefined ? none : imageTable(underTest))}
${section('Where the time went', report.phases.length === 0 ? none : phases(report.phases, durationMs), 'phases-title')}`;
  return page({ title: verdictSentence(report), body, style: runStyle, script: sortScript });
}
