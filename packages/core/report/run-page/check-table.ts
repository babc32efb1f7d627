import { html, type Markup, none } from '../markup.ts';
import { pageUri } from '../page-link.ts';
import type { CheckRecord, TestReport } from '../run-report.ts';
import { bounded } from './bounded.ts';
import { sortable } from './sortable.ts';

const most = 3;

/** A row for each end of a check: a thousand of the same would hide the one that matters. */
export function checkTable(checks: readonly CheckRecord[], tests: readonly TestReport[]): Markup {
  const failed = new Set(tests.filter(({ state }) => state === 'failed').map(({ name }) => name));
  const isBad = ({ outcome, test }: CheckRecord) => outcome !== 'holds' && outcome !== 'skipped' && failed.has(test);
  const rank = { violated: 1, unknown: 2, skipped: 3, holds: 4 } as const;
  const groups = Map.groupBy(checks, (check) => JSON.stringify([check.id, check.title, check.outcome, isBad(check)]));
  const rows = [...groups.values()]
    .toSorted((a, b) => order(a) - order(b))
    .flatMap((same) => (same[0] === undefined ? [] : [row(same[0], same, isBad(same[0]))]));
  function order([first]: readonly CheckRecord[]): number {
    return first === undefined || isBad(first) ? 0 : rank[first.outcome];
  }
  const table = sortable(
    'checks',
    'Every check, by how it ended',
    ['Outcome', 'Check', 'Times', 'Expected', 'Observed', 'In the tests'],
    rows,
  );
  return html`<p>Some tests break something on purpose: what a check says there is judged by its test.</p>
${table}`;
}

function row(first: CheckRecord, same: readonly CheckRecord[], isBad: boolean): Markup {
  const { title, outcome, hint = '', page } = first;
  const isWanted = outcome !== 'holds' && outcome !== 'skipped' && !isBad;
  const uri = page === undefined ? undefined : pageUri(page);
  return html`<tr${isBad ? html` class="FAIL"` : none}>
<td class="word">${outcome}${isWanted ? ', as its tests want' : ''}</td><th scope="row">${title}</th><td class="number" data-sort="${same.length}">${same.length}</td>
<td>${some(same.map(({ expected = '' }) => expected))}</td><td>${some(same.map(({ observed, reason = '' }) => observed ?? reason))}${isBad && hint !== '' ? html`<br><span class="host">look first: ${bounded(hint, 300)}</span>` : none}${uri === undefined ? none : html`<br><a class="host" href="${uri}">${page ?? ''}</a>`}</td>
<td class="host">${some(same.map(({ test }) => test))}</td></tr>
`;
}

function some(texts: readonly string[]): Markup {
  const different = [...new Set(texts)].filter((text) => text !== '');
  const more = different.length > most ? [html`<br>and ${different.length - most} more`] : [];
  return html`${[...different.slice(0, most).map((text, index) => html`${index === 0 ? none : html`<br>`}${bounded(text, 300)}`), ...more]}`;
}
