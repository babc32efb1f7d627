import { html, type Markup, none } from '@meho/core/report/markup';
import type { FlowReport, MatrixDocument } from '../document.ts';
import { endsOf, podsOf } from './filter-form.ts';
import { pathOf, rulesOf, sideOf, targetOf } from './words.ts';

const columns = ['Verdict', 'Source', 'Target', 'By', 'Declared', 'Computed', 'Observed', 'Time (ms)', 'Rules'];

export function flowTable({ flows, findings, accepted }: MatrixDocument, rules: readonly string[]): Markup {
  const wrong = new Map([...findings, ...accepted].map(({ flow, what }) => [flow, what]));
  const heads = columns.map((name) => html`<th scope="col"><button type="button">${name}</button></th>`);
  const pods = podsOf(flows);
  const numbers = (all: readonly string[], known: readonly string[]) =>
    all.map((each) => known.indexOf(each)).join(' ');
  const rows = flows.map((flow, index) =>
    row(flow, index, {
      pods: numbers(endsOf(flow), pods),
      rules: numbers(rulesOf(flow), rules),
      finding: wrong.get(flow.id),
    }),
  );
  return html`<div class="scroll flows" role="region" aria-labelledby="flows-title" tabindex="0"><table id="flows"><caption class="unseen">Every flow, with its three answers, rules and controls</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

type Proof = Omit<FlowReport['controls'][number], 'kind'>;

interface RowData {
  /** Numbers, as the form's choices have them. */
  readonly pods: string;
  readonly rules: string;
  readonly finding: string | undefined;
}

/** The script reads a chosen cell's parts from here. */
function row(flow: FlowReport, index: number, { pods, rules, finding }: RowData): Markup {
  const { source, target, verdict, declared, computed, observed, controls } = flow;
  const word = (allowed: boolean) => (allowed ? 'open' : 'closed');
  const proof = (part: string, { title, answer, tookMs, evidence }: Proof) =>
    html`<li data-part="${part}">${title}: ${answer} after ${tookMs} ms ${evidence}</li>`;
  const proofs = [proof('probe', { title: 'probe', ...observed }), ...controls.map((each) => proof('control', each))];
  return html`<tr id="f${index}" class="${verdict}" data-verdict="${verdict}" data-pods="${pods}" data-rules="${rules}" data-observed="${observed.answer}">
<td class="word">${flow.accepted === undefined ? verdict : 'accepted'}</td><th scope="row">${source.title}<br><span class="host">${source.pod}</span></th>
<td>${targetOf(flow)}</td><td class="key">${target.reachedBy}</td><td class="key">${word(declared.allowed)}</td><td class="key">${word(computed.allowed)}</td>
<td class="key">${observed.answer}</td><td data-sort="${observed.tookMs}">${observed.tookMs}</td>
<td class="rule">${declared.rule}<details><summary>objects and evidence<span hidden> of ${pathOf(flow)}</span></summary>
<ul>${finding === undefined ? none : html`<li data-part="finding">${finding}</li>`}<li data-part="object">egress ${sideOf(computed.egress)}</li><li data-part="object">ingress ${sideOf(computed.ingress)}</li>${proofs}</ul></details></td></tr>
`;
}
