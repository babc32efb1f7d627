import { html, type Markup, none } from '../markup.ts';
import type { CheckRecord, RunReport } from '../run-report.ts';
import { seconds } from '../timeline.ts';
import { bounded } from './bounded.ts';

const marks = { holds: '✓', violated: '✗', unknown: '?', skipped: '○' } as const;
const isLeg = ({ title }: CheckRecord) => /^Leg \w+: /.test(title);

/** The smoke's legs in the order in which they were asked, each with its time: of a story that failed, else the first. */
export function chainPicture({ checks, tests }: RunReport): Markup {
  const stories = [...Map.groupBy(checks.filter(isLeg), ({ test }) => test)];
  const failed = new Set(tests.filter(({ state }) => state === 'failed').map(({ name }) => name));
  const [story, all] = stories.find(([name]) => failed.has(name)) ?? stories[0] ?? [];
  if (story === undefined || all === undefined) {
    return none;
  }
  const legs = firstChain(all);
  const totalMs = legs.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return html`<p>${story}: ${legs.length} legs in ${seconds(totalMs)}.</p>
<ol class="chain">${legs.map((leg) => link(leg, totalMs))}</ol>
`;
}

/** A story may go through the chain again: a leg that comes twice begins the next one. */
function firstChain(checks: readonly CheckRecord[]): readonly CheckRecord[] {
  const again = checks.findIndex(({ id }, index) => checks.findIndex((other) => other.id === id) < index);
  return again === -1 ? checks : checks.slice(0, again);
}

function link({ title, outcome, observed, reason, durationMs }: CheckRecord, totalMs: number): Markup {
  const share = Math.max(1, Math.round((100 * durationMs) / Math.max(1, totalMs)));
  return html`<li class="${outcome}"><span class="mark" aria-hidden="true">${marks[outcome]}</span> <b>${title}</b> <span class="word">${outcome}</span>, ${seconds(durationMs)}
<svg width="100%" height="8" aria-hidden="true" focusable="false"><rect width="${share}%" height="8"></rect></svg><span class="host">${bounded(observed ?? reason ?? '', 160)}</span></li>
`;
}
