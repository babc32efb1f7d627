import { html, type Markup } from '../../report/markup.ts';
import { page } from '../../report/page.ts';
import { grouped } from '../findings.ts';
import { type FlowReport, type MatrixDocument, probesPerSecond } from './document.ts';
import { script } from './page-script.ts';

/**
 * The matrix as one page that needs nothing else: no network, no other file, and a policy of its own that would not let
 * it load any. The grid, then what is wrong, then every flow in a table that sorts and filters.
 */
export function htmlOf(document: MatrixDocument): string {
  const title = `Network policy: ${document.outcome}`;
  const body = html`<h1>Who may talk to whom</h1>
${head(document)}
${findings(document)}
${accepted(document)}
<h2 id="grid-title">The matrix</h2>
<p>Each cell is what a probe saw; a cell marked with ! is among the findings, one with ~ is accepted.</p>
${grid(document.flows)}
<h2 id="flows-title">Every flow</h2>
${filterForm(document)}
${flowTable(document.flows)}`;
  return page({ title, body, script });
}

function head(document: MatrixDocument): Markup {
  const { counts, durationMs, outcome, skipped, startedAt, subject } = document;
  const told = `${counts.flows} flows, ${counts.probes} probes in ${(durationMs / 1000).toFixed(1)} s, ${probesPerSecond(document).toFixed(0)} a second`;
  const answers = `${counts.open} connected, ${counts.refused} refused, ${counts.timedOut} timed out, ${counts.couldNotProbe} could not be probed`;
  const verdict =
    outcome === 'passed'
      ? html`<p class="verdict good">Passed: declared, computed and observed agree on every flow${counts.accepted > 0 ? ` but ${counts.accepted} accepted ones` : ''}.</p>`
      : html`<p class="verdict bad">Failed: ${counts.findings} findings${counts.accepted > 0 ? `, accepted: ${counts.accepted}` : ''}.</p>`;
  const facts = [['started', startedAt], ['measured', told], ['seen', answers], ...Object.entries(subject)] as const;
  return html`${verdict}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}${skipped.map(
    ({ what, why }) => html`<dt>not probed</dt><dd>${what}: ${why}</dd>`,
  )}</dl>`;
}

function findings({ findings: all, flows }: MatrixDocument): Markup {
  if (all.length === 0) {
    return html``;
  }
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const groups = grouped(all).map((group) => {
    const items = group.findings.map(({ flow, evidence }) => {
      const found = byId.get(flow ?? '');
      return html`<li>${found === undefined ? 'the matrix' : pathOf(found)}: ${evidence.join('; ')}</li>`;
    });
    return html`<li><strong class="bad">${group.what}</strong>. ${group.rule}
<details><summary>${group.findings.length} of: ${group.kind}</summary><ul>${items}</ul></details></li>`;
  });
  return html`<h2>Findings</h2><ul>${groups}</ul>`;
}

function accepted({ accepted: all }: MatrixDocument): Markup {
  if (all.length === 0) {
    return html``;
  }
  const groups = [...Map.groupBy(all, ({ check }) => check)].map(([check, found]) => {
    const causes = grouped(found).map(
      ({ what, rule, findings: of }) => html`<li>${of.length} flows: ${what}. ${rule}</li>`,
    );
    return html`<li><strong>${check}</strong>, because ${found[0]?.because ?? ''}<ul>${causes}</ul></li>`;
  });
  return html`<h2>Accepted</h2><ul>${groups}</ul>`;
}

function grid(flows: readonly FlowReport[]): Markup {
  const sources = [...new Map(flows.map(({ source }) => [source.id, source])).values()];
  const rows = [...Map.groupBy(flows, ({ target }) => target.id).values()].map((row) => {
    const cells = sources.map(({ id }) => gridCell(row.find(({ source }) => source.id === id)));
    const [first] = row;
    return first === undefined ? html`` : html`<tr><th scope="row">${targetOf(first)}</th>${cells}</tr>`;
  });
  const heads = sources.map(
    ({ title, pod }) => html`<th scope="col">${title}<br><span class="host">${pod}</span></th>`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="grid-title" tabindex="0"><table class="grid">
<thead><tr><th scope="col">Target</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function gridCell(flow: FlowReport | undefined): Markup {
  if (flow === undefined) {
    return html`<td>not probed</td>`;
  }
  const { observed, verdict, accepted: by } = flow;
  return html`<td class="${verdict}">${observed.answer}${verdict === 'FAIL' ? ' !' : by === undefined ? '' : ' ~'}</td>`;
}

function filterForm({ flows }: MatrixDocument): Markup {
  const choice = (name: string, title: string, values: readonly string[]) =>
    html`<label>${title}<select name="${name}"><option value="">all</option>${[...new Set(values)].map(
      (value) => html`<option value="${value}">${value}</option>`,
    )}</select></label>`;
  const titles = flows.map(({ source }) => source.title);
  const answers = flows.map(({ observed }) => observed.answer);
  return html`<form id="filter" hidden>
<label>Words<input name="words" type="search" autocomplete="off"></label>
${choice('verdict', 'Verdict', ['FAIL', 'ok'])}${choice('source', 'Source', titles)}${choice('observed', 'Observed', answers)}
<input type="reset" value="Show all">
<output id="shown" aria-live="polite"></output>
</form>`;
}

const columns = ['Verdict', 'Source', 'Target', 'By', 'Declared', 'Computed', 'Observed', 'Time (ms)', 'Rules'];

function flowTable(flows: readonly FlowReport[]): Markup {
  const heads = columns.map((name) => html`<th scope="col"><button type="button">${name}</button></th>`);
  return html`<div class="scroll flows" role="region" aria-labelledby="flows-title" tabindex="0"><table id="flows">
<thead><tr>${heads}</tr></thead>
<tbody>
${flows.map(flowRow)}</tbody></table></div>`;
}

function flowRow(flow: FlowReport): Markup {
  const { source, target, verdict, declared, computed, observed, controls } = flow;
  const word = (allowed: boolean) => (allowed ? 'open' : 'closed');
  const proofs = [{ title: 'probe', ...observed }, ...controls].map(
    ({ title, answer, tookMs, evidence }) => html`<li>${title}: ${answer} after ${tookMs} ms ${evidence}</li>`,
  );
  return html`<tr class="${verdict}" data-verdict="${verdict}" data-source="${source.title}" data-observed="${observed.answer}">
<td class="word">${flow.accepted === undefined ? verdict : 'accepted'}</td><th scope="row">${source.title}<br><span class="host">${source.pod}</span></th>
<td>${targetOf(flow)}</td><td>${target.reachedBy}</td><td>${word(declared.allowed)}</td><td>${word(computed.allowed)}</td>
<td>${observed.answer}</td><td data-sort="${observed.tookMs}">${observed.tookMs}</td>
<td class="rule">${declared.rule}<details><summary>objects and evidence<span hidden> of ${pathOf(flow)}</span></summary>
<ul><li>egress: ${sideOf(computed.egress)}</li><li>ingress: ${sideOf(computed.ingress)}</li>${proofs}</ul></details></td></tr>
`;
}

function sideOf(side: FlowReport['computed']['egress']): string {
  if (!side.allowed) {
    return `closed by ${side.isolatedBy.join(', ')}`;
  }
  return side.because === 'rule' ? side.rule : side.because;
}

const pathOf = (flow: FlowReport) =>
  `${flow.source.title} → ${flow.target.title} (${flow.target.host}:${flow.target.port}/${flow.target.protocol})`;

function targetOf({ target: { title, host, port, protocol } }: FlowReport): Markup {
  return html`${title}<br><span class="host">${host}:${port}/${protocol}</span>`;
}
