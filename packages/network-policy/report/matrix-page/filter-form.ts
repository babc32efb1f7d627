import { html, type Markup } from '@meho/core/report/markup';
import type { FlowReport } from '../document.ts';
import { rulesOf } from './words.ts';

/** For matrix, graph and table at once; only the script shows it. */
export function filterForm(flows: readonly FlowReport[], rules: readonly string[]): Markup {
  const choice = (name: string, title: string, values: readonly (readonly [value: string, text: string])[]) =>
    html`<label>${title}<select name="${name}"><option value="">all</option>${values.map(
      ([value, text]) => html`<option value="${value}">${text}</option>`,
    )}</select></label>`;
  const same = (values: readonly string[]) => [...new Set(values)].map((value) => [value, value] as const);
  const pods = podsOf(flows);
  const answers = same(flows.map(({ observed }) => observed.answer));
  return html`<form id="filter" hidden>
${choice('verdict', 'Verdict', [
  ['FAIL', 'only differences'],
  ['ok', 'only agreement'],
])}${choice(
  'pod',
  'Pod',
  pods.map((pod, index) => [String(index), pod]),
)}${choice(
  'rule',
  'Rule',
  rules.map((rule, index) => [String(index), rule]),
)}${choice('observed', 'Observed', answers)}
<label>Words<input name="words" type="search" autocomplete="off"></label>
<input type="reset" value="Show all">
<output id="shown" aria-live="polite"></output>
</form>`;
}

/** Of either end. */
export function podsOf(flows: readonly FlowReport[]): readonly string[] {
  return [...new Set(flows.flatMap(endsOf))];
}

export function endsOf({ source, target }: FlowReport): readonly string[] {
  return [source.pod, target.endpoint];
}

export function allRules(flows: readonly FlowReport[]): readonly string[] {
  return [...new Set(flows.flatMap(rulesOf))].toSorted((a, b) => a.localeCompare(b, 'en'));
}
