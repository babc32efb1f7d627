import { html, type Markup, none } from '../markup.ts';
import { type Phase, seconds } from '../timeline.ts';
import { counted } from './words.ts';

/** Folded: it is nobody's first question. */
export function phases(all: readonly Phase[], totalMs: number): Markup {
  const whole = Math.max(totalMs, ...all.map(({ startMs, durationMs }) => startMs + durationMs), 1);
  const percent = (ms: number) => ((100 * Math.max(0, ms)) / whole).toFixed(2);
  const rows = all.map(
    ({ title, depth, startMs, durationMs, failed }) => html`<tr${failed ? html` class="FAIL"` : none}>
<th scope="row" class="depth${Math.min(depth, 4)}">${title}${failed ? ' (failed)' : ''}</th><td class="number">${seconds(Math.max(0, startMs))}</td>
<td class="number">${seconds(durationMs)}</td><td class="number">${Math.round((100 * durationMs) / whole)} %</td>
<td class="bar"><svg width="100%" height="10" aria-hidden="true" focusable="false"><rect x="${percent(startMs)}%" width="${percent(Math.max(durationMs, whole / 400))}%" height="10"></rect></svg></td></tr>
`,
  );
  return html`<details class="time"><summary>${counted(all.length, 'phase')} in ${seconds(totalMs)}</summary>
<div class="scroll" role="region" aria-labelledby="phases-title" tabindex="0"><table class="phases"><caption class="unseen">Phases, in the order in which they began</caption>
<thead><tr><th scope="col">Phase</th><th scope="col">From</th><th scope="col">Took</th><th scope="col">Share</th><th scope="col">Timeline</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}
