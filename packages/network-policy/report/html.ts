import { html } from '@meho/core/report/markup';
import { page } from '@meho/core/report/page';
import type { MatrixDocument } from './document.ts';
import { allRules, filterForm } from './matrix-page/filter-form.ts';
import { accepted, findings } from './matrix-page/findings.ts';
import { flowTable } from './matrix-page/flow-table.ts';
import { graph } from './matrix-page/graph.ts';
import { grid } from './matrix-page/grid.ts';
import { head } from './matrix-page/head.ts';
import { matrixScript } from './matrix-page/script.ts';
import { matrixStyle } from './matrix-page/style.ts';

/** A self-contained page whose own policy forbids loading anything: verdict, findings, matrix, graph, every flow. */
export function htmlOf(document: MatrixDocument): string {
  const { flows } = document;
  const rules = allRules(flows);
  const body = html`<h1>Who may talk to whom</h1>
${head(document)}
${findings(document)}
${accepted(document)}
${filterForm(flows, rules)}
<h2 id="grid-title">The matrix</h2>
<p>A row a target, a column a source; each cell is what a probe saw, and leads to its flow. <span id="how" hidden>Arrow keys move between cells; Enter shows the rule, or why there is none, the three answers and the controls.</span></p>
${grid(flows)}
<h2 id="graph-title">The same as a graph</h2>
<p>A solid line: every port that was asked connected. A dashed one: some did. No line: none did. A red line with ! is among the findings.</p>
${graph(flows)}
<h2 id="flows-title">Every flow</h2>
${flowTable(document, rules)}`;
  return page({ title: `Network policy: ${document.outcome}`, body, style: matrixStyle, script: matrixScript });
}
