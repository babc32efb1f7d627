import { html, type Markup, none } from '../markup.ts';
import { type TestReport, worstFirst } from '../run-report.ts';
import { seconds } from '../timeline.ts';
import { bounded } from './bounded.ts';
import { sortable } from './sortable.ts';

export function testTable(tests: readonly TestReport[]): Markup {
  const rows = worstFirst(tests).map(
    ({ file, name, state, durationMs, detail = '' }) => html`<tr${state === 'failed' ? html` class="FAIL"` : none}>
<td class="word">${state}</td><th scope="row">${name}</th><td>${file}</td><td class="number" data-sort="${Math.round(durationMs)}">${seconds(durationMs)}</td><td class="host">${state === 'skipped' ? bounded(detail, 300) : ''}</td></tr>
`,
  );
  return sortable('tests', 'Every test', ['State', 'Test', 'File', 'Took', 'Why skipped'], rows);
}
