import type { CorpusRecord, CorpusRecordRow } from '../corpus/corpus-record.ts';
import { html, type Markup, none } from '../markup.ts';
import { bounded } from './bounded.ts';
import { sortable } from './sortable.ts';
import { counted } from './words.ts';

/** Predicted, executed, observed, side by side; a row that doesn't hold comes first. */
export function corpusTable(record: CorpusRecord | undefined): Markup {
  if (record === undefined || record.rows.length === 0) {
    return none;
  }
  const { about, rows } = record;
  const wrong = rows.filter(({ surprises }) => surprises.length > 0);
  const rank = (row: CorpusRecordRow) => (row.surprises.length > 0 ? 0 : order[row.verdict]);
  const table = sortable(
    'corpus',
    'Predicted, executed and observed of each migration',
    ['Migration', 'Predicted', 'Executed', 'Observed', 'Verdict'],
    rows.toSorted((a, b) => rank(a) - rank(b)).map(oneRow),
  );
  const sum = `${counted(rows.length, 'migration')}: ${wrong.length === 0 ? 'each is seen as it was predicted, or why it isn’t is explained' : `${wrong.length} not as the corpus says`}.`;
  return html`<p>${sum} ${about}</p>
${table}`;
}

const order = { MISSED: 0, 'false alarm': 1, warned: 2, agrees: 3 } as const;

function oneRow({ file, what, predicted, executed, changes, ...rest }: CorpusRecordRow): Markup {
  const { outcomes, details, verdict, why, surprises } = rest;
  const isWrong = surprises.length > 0;
  const catalogue = changes.length === 0 ? html`Catalogue: nothing changed` : html`Catalogue: ${lines(changes)}`;
  return html`<tr${isWrong ? html` class="FAIL"` : none}>
<th scope="row">${file}<span class="line host">${what}</span></th><td class="key">${lines(predicted)}</td><td>${lines(executed)}</td>
<td><b>N: ${outcomes.join(', ')}</b>${details.map((detail) => html`<span class="line host">${bounded(detail, 200)}</span>`)}<span class="line">${catalogue}</span></td>
<td class="word">${isWrong ? '✗ ' : ''}${verdict}${[...surprises, ...(why === undefined ? [] : [why])].map((text) => html`<span class="line host">${bounded(text, 240)}</span>`)}</td></tr>
`;
}

function lines(texts: readonly string[]): Markup {
  const more = texts.length > most ? [html`<br>and ${texts.length - most} more`] : [];
  const shown = texts.slice(0, most).map((text, at) => html`${at === 0 ? none : html`<br>`}${bounded(text, 200)}`);
  return html`${[...shown, ...more]}`;
}

const most = 6;
