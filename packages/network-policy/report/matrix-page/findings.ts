import { html, type Markup, none } from '@meho/core/report/markup';
import { grouped } from '../../findings.ts';
import type { MatrixDocument } from '../document.ts';
import { pathOf } from './words.ts';

/** More would hide the matrix. */
const inFull = 3;

export function findings({ findings: all, flows }: MatrixDocument): Markup {
  if (all.length === 0) {
    return none;
  }
  const byId = new Map(flows.map((flow, index) => [flow.id, { flow, index }]));
  const groups = grouped(all).map((group) => {
    const items = group.findings.map(({ flow, evidence }) => {
      const found = byId.get(flow ?? '');
      const where = found === undefined ? html`the matrix` : html`<a href="#f${found.index}">${pathOf(found.flow)}</a>`;
      return html`<li>${where}: ${evidence.join('; ')}</li>`;
    });
    return html`<li><strong class="bad">${group.what}</strong>. ${group.rule}
<details><summary>${group.findings.length} of: ${group.kind}</summary><ul>${items}</ul></details></li>`;
  });
  const more = groups.slice(inFull);
  return html`<h2>Findings</h2><ul>${groups.slice(0, inFull)}</ul>${
    more.length === 0 ? none : html`<details><summary>${more.length} more causes</summary><ul>${more}</ul></details>`
  }`;
}

export function accepted({ accepted: all }: MatrixDocument): Markup {
  if (all.length === 0) {
    return none;
  }
  const groups = [...Map.groupBy(all, ({ check }) => check)].map(([check, found]) => {
    const causes = grouped(found).map(
      ({ what, rule, findings: of }) => html`<li>${of.length} flows: ${what}. ${rule}</li>`,
    );
    return html`<li><strong>${check}</strong>, because ${found[0]?.because ?? ''}<ul>${causes}</ul></li>`;
  });
  return html`<h2>Accepted</h2><ul>${groups}</ul>`;
}
