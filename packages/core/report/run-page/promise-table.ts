import { html, type Markup, none } from '../markup.ts';
import type { FaultsSeen, PromiseReport, RunReport } from '../run-report.ts';
import { seconds } from '../timeline.ts';
import { behind, worstFirst } from './promise-words.ts';
import { counted, listed, moment, states } from './words.ts';

const columns = ['Promise', 'State', 'What stands behind it', 'Faults it is shown to see', 'Time'] as const;

/** On a narrow page each row becomes a card: the roles keep it a table for those who hear it. */
export function promiseTable({ promises = [] }: RunReport): Markup {
  if (promises.every(({ state }) => state === 'not asked')) {
    return none;
  }
  const heads = columns.map((name) => html`<th role="columnheader" scope="col">${name}</th>`);
  return html`<table class="promises" role="table"><caption class="unseen">Each promise with its state</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${worstFirst(promises).map(row)}</tbody></table>
`;
}

/** What wasn't asked takes a line. */
function row(promise: PromiseReport): Markup {
  const { id, title, promise: words, state, durationMs, faults } = promise;
  const { mark, tone } = states[state];
  const isFailed = tone === 'bad';
  const wasAsked = state !== 'not asked';
  return html`<tr role="row" class="tone-${tone}"><th role="rowheader" scope="row">${isFailed ? html`<a href="#failed-${id}">${title}</a>` : title}${wasAsked ? html`<span class="words">${words}</span>` : none}</th>
<td role="cell" class="state"><span class="mark" aria-hidden="true">${mark}</span> ${state}</td>
${cell(2, html`${wasAsked ? behind(promise) : '–'}`)}
${cell(3, wasAsked || faults.seenBefore !== undefined ? shown(id, faults) : html`–`)}
${cell(4, html`${durationMs === 0 ? '–' : seconds(durationMs)}`, ' number')}</tr>
`;
}

/** The column's name goes before it where the page is narrow. */
function cell(column: 2 | 3 | 4, body: Markup, more = ''): Markup {
  const isEmpty = body.text === '–';
  return html`<td role="cell" class="named${more}${isEmpty ? ' empty' : ''}" data-name="${columns[column]}">${body}</td>`;
}

function shown(id: string, { known, seen, missed, redInStories, seenBefore }: FaultsSeen): Markup {
  const said = [
    ...(missed.length === 0 ? [] : [details(`${counted(missed.length, 'fault')} not seen`, missed)]),
    ...(seen.length === 0 ? [] : [details(`${seen.length} of ${known} injected and seen`, seen)]),
    ...(redInStories.length === 0
      ? []
      : [html`<span>red in stories that break something: ${listed(redInStories)}</span>`]),
  ];
  if (seen.length + missed.length > 0) {
    return html`${said}`;
  }
  const before =
    seenBefore === undefined
      ? html`<span class="host">${known} known, not shown in this run: <code>npm run faults -- ${id}</code></span>`
      : html`<span>${seenBefore.count} of ${known} seen by this build, ${moment(seenBefore.at)}</span>`;
  return html`${[...said, before]}`;
}

function details(title: string, items: readonly string[]): Markup {
  return html`<details><summary>${title}</summary><ul>${items.map((item) => html`<li>${item}</li>`)}</ul></details>`;
}
