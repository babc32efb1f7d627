import { html, type Markup } from '../markup.ts';
import type { RunReport } from '../run-report.ts';
import { counted, listed, stories } from './words.ts';

/** What this run leaves open on this cluster, and why: never taken for held. */
export function notProven({ tests, checks, promises = [] }: RunReport): Markup {
  const skipped = Map.groupBy(
    tests.filter(({ state }) => state === 'skipped'),
    ({ detail = 'no reason given' }) => detail,
  );
  const isRed = new Set(
    checks.filter(({ outcome }) => outcome === 'violated' || outcome === 'unknown').map(({ test }) => test),
  );
  // Beside a red check, a skipped one is explained by it.
  const open = Map.groupBy(
    checks.filter(({ outcome, test }) => outcome === 'skipped' && !isRed.has(test)),
    ({ title, reason = 'no reason given' }) => `${title}: ${reason}`,
  );
  const unasked = promises.filter(({ state }) => state === 'not asked');
  const inPart = promises.filter(({ state, isWhole }) => state === 'partly proven' && !isWhole);
  const items = [
    ...[...skipped].map(
      ([reason, all]) =>
        html`<li>${reason}<details><summary>${stories(all.length)}</summary><ul>${all.map(({ name }) => html`<li>${name}</li>`)}</ul></details></li>`,
    ),
    ...[...open].map(([what, all]) => html`<li>${what} (${counted(all.length, 'time')})</li>`),
    ...(inPart.length === 0
      ? []
      : [html`<li>only a part of their stories was asked: ${listed(inPart.map(({ title }) => title))}</li>`]),
    ...(unasked.length === 0
      ? []
      : [html`<li>no story of theirs was run: ${listed(unasked.map(({ title }) => title))}</li>`]),
  ];
  return items.length === 0 ? html`<p>Nothing was left out.</p>` : html`<ul>${items}</ul>`;
}
