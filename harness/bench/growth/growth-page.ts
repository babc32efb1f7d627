import { html, type Markup, none } from '@meho/core/report/markup';
import { page } from '@meho/core/report/page';
import { seconds } from '@meho/core/report/timeline';
import { allowedMs, count, lawText, type Point } from './law.ts';
import type { Grown } from './run-growth.ts';

/** In the picture's own units; the page scales it. */
const [width, height, left, right, top, bottom] = [640, 240, 60, 16, 12, 40];

const style = `
.growth { display: block; width: 100%; max-width: 48rem; height: auto; } .growth text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.growth .axis { stroke: var(--soft); } .growth .own { fill: none; stroke: var(--link); stroke-width: 2; } .growth circle { fill: var(--link); }
.growth .other { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 3; } .growth .allowed { fill: none; stroke: var(--bad); stroke-dasharray: 1 3; }
`;

/** Complete in itself: each axis with its law, its curve beside the other build's, and the numbers. */
export function growthPage(grown: readonly Grown[], own: string, baseline: string | undefined): string {
  const broken = grown.filter(({ breaches }) => breaches.length > 0).length;
  const verdict = broken === 0 ? 'every law holds' : `${broken} of ${grown.length} laws broken`;
  const body = html`<h1>Growth: ${verdict}</h1>
<p>Build ${own}${baseline === undefined ? '' : html`, beside ${baseline}`}. Each point is the best of its runs, from the start of the command to its exit. Both scales are logarithmic.</p>
<p>Solid: this build. ${baseline === undefined ? '' : 'Dashed: the other build. '}Dotted: what the law allows.</p>
${grown.map(section)}`;
  return page({ title: `Growth: ${verdict}`, body, style, script: '' });
}

function section(grown: Grown, index: number): Markup {
  const { axis, breaches, baselineTrouble } = grown;
  const id = `axis-${index}`;
  return html`<h2 id="${id}">${axis.title}</h2>
<p>Law: ${lawText(axis.law)}. ${breaches.length === 0 ? 'It holds.' : html`<strong>Broken:</strong> ${breaches.join('; ')}.`}${baselineTrouble === undefined ? '' : ` The other build has no more: ${baselineTrouble}`}</p>
${picture(grown)}
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table><thead><tr><th scope="col">${axis.unit}</th><th scope="col">Verdict</th><th scope="col">Allowed</th><th scope="col">Memory</th>${grown.baseline.length === 0 ? none : html`<th scope="col">Other build</th><th scope="col">Its memory</th>`}</tr></thead>
<tbody>${grown.points.map((point) => row(point, grown))}</tbody></table></div>`;
}

function row(point: Point, { axis, points, baseline }: Grown): Markup {
  const other = baseline.find(({ size }) => size === point.size);
  const allowed = allowedMs(axis.law, points[0] ?? point, point.size);
  const cells = other === undefined ? ['', ''] : [seconds(other.ms), `${Math.round(other.mib)} MiB`];
  return html`<tr><th scope="row">${count(point.size)}</th><td class="number">${seconds(point.ms)}</td><td class="number">${seconds(allowed)}</td><td class="number">${Math.round(point.mib)} MiB</td>${baseline.length === 0 ? none : cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>
`;
}

function picture({ axis, points, baseline }: Grown): Markup {
  const [smallest] = points;
  if (smallest === undefined) {
    return none;
  }
  const allowed = points.map(({ size }) => ({ size, ms: allowedMs(axis.law, smallest, size) }));
  const all = [...points, ...baseline, ...allowed].map(({ ms }) => ms);
  const x = scale(
    points.map(({ size }) => size),
    left,
    width - right,
  );
  const y = scale(all, height - bottom, top);
  const line = (of: readonly { readonly size: number; readonly ms: number }[], name: string) =>
    html`<polyline class="${name}" points="${of.map(({ size, ms }) => `${x(size)},${y(ms)}`).join(' ')}"></polyline>`;
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return html`<svg class="growth" viewBox="0 0 ${width} ${height}" role="img" aria-label="${axis.title}, in numbers in the table below">
<line class="axis" x1="${left}" x2="${left}" y1="${top}" y2="${height - bottom}"></line><line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"></line>
${[least, most].map((ms) => html`<text x="${left - 6}" y="${y(ms) + 4}" text-anchor="end">${seconds(ms)}</text>`)}
${points.map(({ size }) => html`<text x="${x(size)}" y="${height - bottom + 16}" text-anchor="middle">${count(size)}</text>`)}
<text x="${(width + left) / 2}" y="${height - 6}" text-anchor="middle">${axis.unit}</text>
${line(allowed, 'allowed')}${line(baseline, 'other')}${line(points, 'own')}${points.map(({ size, ms }) => html`<circle cx="${x(size)}" cy="${y(ms)}" r="3"></circle>`)}
</svg>`;
}

/** Logarithmic, to a tenth. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const logs = values.map(Math.log);
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  return (value) => Math.round((from + ((to - from) * (Math.log(value) - low)) / (high - low || 1)) * 10) / 10;
}
