import { html, type Markup, none } from '../markup.ts';
import type { RollbackRecord, RollbackStage } from '../rollback/rollback-record.ts';
import { seconds } from '../timeline.ts';
import { counted } from './words.ts';

/** In the picture's own units; the page scales it. */
const [width, left, right] = [960, 64, 16];
const requests = { top: 62, height: 110 } as const;
const latency = { top: 214, height: 110 } as const;
const height = 358;
/** A shorter gap is as good as none at the load's rate. */
const shortestGapMs = 500;

/** Requests and latency over time with the moments of upgrade and rollback; the same in numbers below. */
export function rollbackPicture(record: RollbackRecord | undefined): Markup {
  if (record === undefined) {
    return none;
  }
  const gaps = record.gaps.filter(({ durationMs }) => durationMs >= shortestGapMs);
  return html`<p>${sentenceOf(record)}</p>
<div class="scroll" role="region" aria-labelledby="rollback" tabindex="0"><svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="rollback-what">
<title id="rollback-what">Requests and latency over ${seconds(record.durationMs)}. ${sentenceOf(record)} The table below has the numbers.</title>
${gaps.map((gap) => gapShade(gap, record))}
${requestBars(record)}
${latencyLine(record)}
${record.stages.map((stage, index) => momentLine(stage, index, record))}
${timeAxis(record)}
</svg></div>
${legend(record, gaps.length > 0)}
${stageTable(record)}
${failureLines(record)}`;
}

function sentenceOf({ ratePerSecond, stages, answered, rowsOfAnswered, gaps }: RollbackRecord): string {
  const failed = stages.reduce((sum, stage) => sum + stage.failed, 0);
  const rows =
    rowsOfAnswered === undefined
      ? ''
      : rowsOfAnswered === answered
        ? ', each with its row in audit_log'
        : `, and ${rowsOfAnswered.toLocaleString('en')} of them have a row in audit_log`;
  const gap = gaps[0] === undefined ? '' : ` The longest time without an answer was ${seconds(gaps[0].durationMs)}.`;
  return `At ${ratePerSecond} requests a second ${counted(answered, 'request')} ${answered === 1 ? 'was' : 'were'} answered${rows}; ${failed} failed.${gap}`;
}

const x = (ms: number, { durationMs }: RollbackRecord) =>
  Math.round((left + ((width - left - right) * Math.max(0, ms)) / Math.max(1, durationMs)) * 10) / 10;

interface Panel {
  readonly top: number;
  readonly height: number;
}

const y = (value: number, most: number, { top, height: tall }: Panel) =>
  Math.round((top + tall - (tall * Math.min(value, most)) / Math.max(1, most)) * 10) / 10;

/** A failed part is hatched and stands on the rest, so that no colour is needed to see it. */
function requestBars(record: RollbackRecord): Markup {
  const { bins, binMs } = record;
  const perSecond = (count: number) => (count * 1000) / binMs;
  const most = Math.max(1, ...bins.map((bin) => perSecond(bin.requests)));
  const bars = bins.map((bin, index) => {
    const from = x(index * binMs, record);
    const wide = Math.max(0.5, Math.round((x((index + 1) * binMs, record) - from - 0.4) * 10) / 10);
    const [answered, all] = [
      y(perSecond(bin.requests - bin.failed), most, requests),
      y(perSecond(bin.requests), most, requests),
    ];
    const bottom = requests.top + requests.height;
    // A mark for each would hide the bars.
    const isFirst = (bins[index - 1]?.failed ?? 0) === 0;
    return html`<rect class="answered" x="${from}" y="${answered}" width="${wide}" height="${tall(bottom - answered)}"></rect>${bin.failed === 0 ? none : html`<rect class="failed" x="${from}" y="${all}" width="${wide}" height="${tall(answered - all)}"></rect>${isFirst ? html`<text class="cross" x="${from}" y="${all - 2}">✗</text>` : none}`}`;
  });
  return html`${axis('requests a second', most, `${Math.round(most)}`, requests)}<g>${bars}</g>`;
}

const tall = (value: number) => Math.max(0, Math.round(value * 10) / 10);

/** The slowest answer of each moment as steps, the median as dots. */
function latencyLine(record: RollbackRecord): Markup {
  const { bins, binMs } = record;
  const most = Math.max(1, ...bins.map(({ slowestMs }) => slowestMs));
  const middle = (index: number) => x((index + 0.5) * binMs, record);
  const asked = bins.flatMap((bin, index) => (bin.requests === 0 ? [] : [{ ...bin, index }]));
  const line = asked.map(({ slowestMs, index }) => `${middle(index)},${y(slowestMs, most, latency)}`).join(' ');
  const dots = asked.map(
    ({ medianMs, index }) => html`<circle cx="${middle(index)}" cy="${y(medianMs, most, latency)}" r="1.3"></circle>`,
  );
  return html`${axis('time to an answer', most, seconds(most), latency)}<polyline class="slowest" points="${line}"></polyline><g class="median">${dots}</g>`;
}

function axis(title: string, most: number, label: string, panel: Panel): Markup {
  const { top, height: panelHeight } = panel;
  const bottom = top + panelHeight;
  return html`<text class="name" x="${width - right}" y="${top - 10}" text-anchor="end">${title}</text><text class="tick" x="${left - 6}" y="${y(most, most, panel) + 10}" text-anchor="end">${label}</text><text class="tick" x="${left - 6}" y="${bottom}" text-anchor="end">0</text><line class="axis" x1="${left}" x2="${width - right}" y1="${bottom}" y2="${bottom}"></line>`;
}

function timeAxis(record: RollbackRecord): Markup {
  const { durationMs } = record;
  const step = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((each) => durationMs / 1000 / each <= 12) ?? 1200;
  const ticks = Array.from({ length: Math.floor(durationMs / 1000 / step) + 1 }, (_, index) => index * step);
  return html`${ticks.map((second) => html`<text class="tick" x="${x(second * 1000, record)}" y="${latency.top + latency.height + 18}" text-anchor="middle">${second} s</text>`)}`;
}

/** Numbers that stand too close to be read are told apart by their height. */
function momentLine({ atMs }: RollbackStage, index: number, record: RollbackRecord): Markup {
  const at = x(atMs, record);
  const before = record.stages[index - 1];
  const isClose = before !== undefined && at - x(before.atMs, record) < 18 && index % 2 === 1;
  return html`<line class="moment" x1="${at}" x2="${at}" y1="${isClose ? 32 : 18}" y2="${latency.top + latency.height}"></line><text class="number-of" x="${at + 3}" y="${isClose ? 30 : 16}">${index + 1}</text>`;
}

function gapShade({ fromMs, durationMs }: RollbackRecord['gaps'][number], record: RollbackRecord): Markup {
  const from = x(fromMs, record);
  const wide = Math.max(1, Math.round((x(fromMs + durationMs, record) - from) * 10) / 10);
  return html`<rect class="gap" x="${from}" y="${requests.top}" width="${wide}" height="${latency.top + latency.height - requests.top}"></rect>`;
}

function legend({ binMs }: RollbackRecord, hasGaps: boolean): Markup {
  return html`<p class="host">Bars: requests of each ${seconds(binMs)}, a failed part striped under ✗. Line: the slowest answer; dots: the median. Numbered lines: what began there${hasGaps ? '. Framed with dots: no answer' : ''}.</p>`;
}

function stageTable({ stages }: RollbackRecord): Markup {
  const rows = stages.map(
    (
      stage,
      index,
    ) => html`<tr${stage.failed === 0 ? none : html` class="FAIL"`}><th scope="row">${index + 1}. ${stage.title}</th><td class="number">${seconds(stage.atMs)}</td><td class="number">${stage.requests}</td><td class="number word">${stage.failed}</td><td class="number">${seconds(stage.medianMs)}</td><td class="number">${seconds(stage.slowestMs)}</td><td class="number">${seconds(stage.longestGapMs)}</td><td class="number">${stage.rows === undefined ? 'not known' : stage.rows.toLocaleString('en')}</td></tr>
`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="rollback-stages" tabindex="0"><table><caption class="unseen" id="rollback-stages">Upgrade and rollback, moment by moment</caption>
<thead><tr><th scope="col">From here on</th><th scope="col">At</th><th scope="col">Requests</th><th scope="col">Failed</th><th scope="col">Median</th><th scope="col">Slowest</th><th scope="col">Longest gap</th><th scope="col">Rows in audit_log before</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function failureLines({ failures }: RollbackRecord): Markup {
  return failures.length === 0
    ? none
    : html`<p>The first that failed:</p><ul>${failures.map(({ atMs, why }) => html`<li>after ${seconds(atMs)}: ${why}</li>`)}</ul>`;
}
