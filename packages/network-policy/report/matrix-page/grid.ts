import { html, type Markup } from '@meho/core/report/markup';
import type { FlowReport } from '../document.ts';
import { answerClass, letters, markOf, targetOf } from './words.ts';

/** A row a target, a column a source. Each cell leads to its flow below, also without a script. */
export function grid(flows: readonly FlowReport[]): Markup {
  const sources = [...new Map(flows.map(({ source }) => [source.id, source])).values()];
  const indexes = new Map(flows.map((flow, index) => [flow, index]));
  const rows = [...Map.groupBy(flows, ({ target }) => target.id).values()].map((row) => {
    const cells = sources.map(({ id }) => {
      const flow = row.find(({ source }) => source.id === id);
      return cell(flow, flow === undefined ? undefined : indexes.get(flow));
    });
    const [first] = row;
    return first === undefined ? html`` : html`<tr><th scope="row">${targetOf(first)}</th>${cells}</tr>\n`;
  });
  const heads = sources.map(({ id }) => html`<th scope="col"><span class="source">${id}</span></th>`);
  const names = sources.map(
    ({ id, title, pod }) => html`<dt>${id}</dt><dd>${title} <span class="host">${pod}</span></dd>`,
  );
  return html`${legend}
<div class="beside"><div class="scroll" role="region" aria-labelledby="grid-title" tabindex="0"><table class="grid"><caption class="unseen">What a probe from each source saw of each target</caption>
<thead><tr><th scope="col">Target</th>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>
<section id="cell" class="cell" aria-live="polite" aria-label="The chosen cell" hidden></section></div>
<details><summary>Who the ${sources.length} sources are</summary><dl>${names}</dl></details>`;
}

const legend = html`<ul class="legend"><li><span class="sample open">o</span> connected</li><li><span class="sample closed">r</span> refused</li>
<li><span class="sample closed">t</span> timed out</li><li><span class="sample unknown">?</span> could not be probed</li>
<li><span class="sample open FAIL">o!</span> among the findings</li><li><span class="sample open accepted">o~</span> accepted</li></ul>`;

function cell(flow: FlowReport | undefined, index: number | undefined): Markup {
  if (flow === undefined || index === undefined) {
    return html`<td class="none"><span aria-hidden="true">·</span><span class="unseen">not probed</span></td>`;
  }
  const { answer } = flow.observed;
  const mark = markOf(flow);
  const said = { '!': ', a finding', '~': ', accepted', '': '' }[mark];
  const more = mark === '!' ? ' FAIL' : mark === '~' ? ' accepted' : '';
  return html`<td class="${answerClass(flow)}${more}"><a href="#f${index}"><span aria-hidden="true">${letters[answer]}${mark}</span><span class="unseen">${answer}${said}</span></a></td>`;
}
