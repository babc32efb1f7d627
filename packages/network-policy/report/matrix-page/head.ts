import { html, type Markup } from '@meho/core/report/markup';
import { type MatrixDocument, probesPerSecond } from '../document.ts';

export function head(document: MatrixDocument): Markup {
  const { counts, durationMs, outcome, skipped, startedAt, subject } = document;
  const told = `${counts.flows} flows, ${counts.probes} probes in ${(durationMs / 1000).toFixed(1)} s, ${probesPerSecond(document).toFixed(0)} a second`;
  const answers = `${counts.open} connected, ${counts.refused} refused, ${counts.timedOut} timed out, ${counts.couldNotProbe} could not be probed`;
  const verdict =
    outcome === 'passed'
      ? html`<p class="verdict good">✓ Passed: declared, computed and observed agree on every flow${counts.accepted > 0 ? ` but ${counts.accepted} accepted ones` : ''}.</p>`
      : html`<p class="verdict bad">✗ Failed: ${counts.findings} findings${counts.accepted > 0 ? `, accepted: ${counts.accepted}` : ''}.</p>`;
  const facts = [['started', startedAt], ['measured', told], ['seen', answers], ...Object.entries(subject)] as const;
  return html`${verdict}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}${skipped.map(
    ({ what, why }) => html`<dt>not probed</dt><dd>${what}: ${why}</dd>`,
  )}</dl>`;
}
