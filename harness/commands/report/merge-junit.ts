import { html, type Markup, none } from '@meho/core/report/markup';
import type { RunReport, TestReport } from '@meho/core/report/run-report';

/** A suite a story, as the test runner writes it of one run. */
export function junitOf({ tests, startedAt, durationMs, tally }: RunReport): string {
  const suites = [...Map.groupBy(tests, ({ file }) => file)].map(([file, all]) => suiteOf(file, all, startedAt));
  const counts = html`tests="${tests.length}" failures="${tally.failed}" errors="0" time="${inSeconds(durationMs)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${html`<testsuites name="acceptance" ${counts}>\n${suites}</testsuites>\n`.text}`;
}

function suiteOf(file: string, tests: readonly TestReport[], startedAt: string): Markup {
  const count = (state: TestReport['state']) => tests.filter((test) => test.state === state).length;
  const time = inSeconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return html`  <testsuite name="${file}" timestamp="${startedAt}" tests="${tests.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}" time="${time}">
${tests.map(caseOf)}  </testsuite>
`;
}

function caseOf(test: TestReport): Markup {
  const { file, name, durationMs } = test;
  return html`    <testcase classname="${file}" name="${name}" time="${inSeconds(durationMs)}">${resultOf(test)}</testcase>
`;
}

function resultOf({ state, detail = '' }: TestReport): Markup {
  const [message = ''] = detail.split('\n');
  switch (state) {
    case 'failed':
      return html`<failure message="${message}">${detail}</failure>`;
    case 'skipped':
      return html`<skipped message="${message}"/>`;
    default:
      return none;
  }
}

const inSeconds = (ms: number) => (ms / 1000).toFixed(3);
