import { html, type Markup, none } from '../markup.ts';
import { pageUri } from '../page-link.ts';
import type { RunReport } from '../run-report.ts';
import { bounded } from './bounded.ts';
import { linkTo } from './files.ts';
import { noEvidence, type ToldFailure, toldFailures } from './told-failures.ts';
import { stories } from './words.ts';

const longestDetail = 1500;
const mostOpen = 3;

/** By promise, each with its five parts and where to read on. */
export function failures(report: RunReport): Markup {
  const all = toldFailures(report);
  const byPromise = Map.groupBy(all, ({ tests: [{ file }] }) => promiseOf(file));
  const groups = [...byPromise].map(([id, told]) => {
    const title = report.promises?.find((promise) => promise.id === id)?.title ?? id;
    const count = told.reduce((sum, { tests }) => sum + tests.length, 0);
    return html`<section aria-labelledby="failed-${id}"><h3 id="failed-${id}">${title}: ${count} failed</h3>
${told.map((each, index) => one(each, all.length <= mostOpen || index === 0))}</section>
`;
  });
  return groups.length === 0 ? none : html`${groups}`;
}

/** Of a story or of a fault's file; what is of neither goes by its folder. */
function promiseOf(file: string): string {
  const [, id = 'run'] =
    /^suites\/([^/]+)\//.exec(file) ?? /([^/]+)\.faults\.ts$/.exec(file) ?? /^([\w-]+)/.exec(file) ?? [];
  return id;
}

function one(told: ToldFailure, isOpen: boolean): Markup {
  const { expected, seen, cause, further, evidence, page, tests } = told;
  const [first, ...others] = tests;
  const uri = pageUri(page);
  const parts = html`<dl>
<dt>Expected</dt><dd class="lines">${expected}</dd>
<dt>Seen</dt><dd class="lines">${seen}</dd>
<dt>Cause</dt><dd class="lines">${cause}</dd>
<dt>Look further</dt><dd>${further.length === 0 ? html`read its story: ${first.file}` : further.map((line) => html`<code class="line">${line}</code>`)}</dd>
<dt>Evidence</dt><dd>${evidence.length === 0 ? noEvidence : evidence.map((file) => html`<span class="line">${linkTo(file)}</span>`)}</dd>
<dt>Page</dt><dd>${uri === undefined ? page : html`<a href="${uri}">${page}</a>`}</dd></dl>
${also(others.map(({ name }) => name))}<details><summary>What it said, in full<span class="unseen"> of ${first.name}</span></summary><pre>${bounded(first.detail ?? '', longestDetail)}</pre></details>`;
  return html`<article class="failure"><h4><span class="mark" aria-hidden="true">✗</span> ${first.name}</h4>
<p class="host">${first.file}</p>
${isOpen ? parts : html`<p class="lines">seen ${bounded(seen, 200)}</p><details><summary>Expected, seen, cause, and where to look<span class="unseen"> of ${first.name}</span></summary>${parts}</details>`}</article>
`;
}

function also(names: readonly string[]): Markup {
  return names.length === 0
    ? none
    : html`<details><summary>The same in ${stories(names.length)} more</summary><ul>${names.map((name) => html`<li>${name}</li>`)}</ul></details>`;
}
