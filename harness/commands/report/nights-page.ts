import { html, type Markup, none } from '@meho/core/report/markup';
import { page } from '@meho/core/report/page';
import { closingLine } from '@meho/core/report/tally';
import { seconds } from '@meho/core/report/timeline';
import { compareRuns } from './comparison.ts';
import type { GivenRun } from './given-run.ts';
import { countOf, greenStreak, type NightState, stateOf, stateOfRun } from './night-state.ts';
import type { Night, NightRun, Nights } from './nights.ts';

export interface NightsPage extends Nights {
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly madeAt: string;
  /** @returns where the page finds a run's report; undefined if it is not there */
  readonly linkTo: (run: NightRun) => string | undefined;
}

/** Beside the word, so that a row is found at a glance, with or without colours. */
const marks: Readonly<Record<NightState, string>> = {
  passed: '✓',
  failed: '✗',
  'no verdict': '?',
  unreadable: '?',
  missing: '–',
  'not yet': '…',
};
const shownNames = 3;
const isRed = (state: NightState) => state !== 'passed' && state !== 'not yet';

/** A row a night, newest first; self-contained, except links to the runs' reports beside it. */
export function nightsPage(given: NightsPage): string {
  const { nights, outside, leftOut, madeAt } = given;
  const rows = nights.map((night, index) => row(night, runBefore(nights, index), given)).toReversed();
  const body = html`<h1>The lab, night by night</h1>
<p class="verdict ${isRed(lastState(given)) ? 'bad' : 'good'}">${nightsSummary(given)}</p>
<dl><dt>made</dt><dd>${madeAt}</dd><dt>days</dt><dd>of UTC, by the start of a run</dd></dl>
<div class="scroll" role="region" aria-labelledby="nights-caption" tabindex="0"><table id="nights">
<caption id="nights-caption">${caption(nights)}</caption>
<thead><tr>${['Night', 'Result', 'Tests', 'Took', 'What failed', 'Since the run before', 'Report'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div>
${outside === 0 ? none : html`<p>Not shown, because they are of other days: ${outside} ${outside === 1 ? 'run' : 'runs'}.</p>`}
${leftOut.length === 0 ? none : html`<h2>Of no known night</h2><ul>${leftOut.map((each) => html`<li>${each}</li>`)}</ul>`}`;
  return page({ title: `The lab, night by night: ${lastState(given)}`, body, script: '' });
}

/** In one sentence; also for a terminal. */
export function nightsSummary({ nights, today }: Pick<NightsPage, 'nights' | 'today'>): string {
  const states = nights.map((night) => stateOf(night, today));
  const streak = greenStreak(nights, today);
  const green =
    streak === undefined
      ? 'the last one is not green'
      : `green for ${streak.nights} ${streak.nights === 1 ? 'night' : 'nights in a row'}, since ${streak.since}`;
  return `${nights.length} ${nights.length === 1 ? 'night' : 'nights'}: ${countOf(states)}; ${green}.`;
}

function lastState({ nights, today }: Pick<NightsPage, 'nights' | 'today'>): NightState {
  const states = nights.map((night) => stateOf(night, today));
  return states.findLast((state) => state !== 'not yet') ?? 'not yet';
}

function caption(nights: readonly Night[]): string {
  const [first, last] = [nights[0]?.date ?? '', nights.at(-1)?.date ?? ''];
  return `Each night from ${first} to ${last}, newest first. A night without a run is missing; one with a run that left no report has no verdict.`;
}

/** The last run of an earlier night that can be compared with. */
function runBefore(nights: readonly Night[], index: number): GivenRun | undefined {
  return nights
    .slice(0, index)
    .flatMap(({ runs }) => runs.at(-1)?.run ?? [])
    .at(-1);
}

function row(night: Night, before: GivenRun | undefined, { today, linkTo }: NightsPage): Markup {
  const state = stateOf(night, today);
  const last = night.runs.at(-1);
  const run = last?.run;
  const report = run?.report;
  return html`<tr${isRed(state) ? html` class="FAIL"` : none}>
<th scope="row" class="number"><time datetime="${night.date}">${night.date}</time> ${weekday(night.date)}</th><td class="word"><span aria-hidden="true">${marks[state]}</span> ${state}${severalRuns(night)}</td>
<td>${report === undefined ? '' : closingLine(report.tally)}</td><td class="number">${report === undefined ? '' : seconds(report.durationMs)}</td>
<td>${run === undefined ? (last?.unreadable ?? '') : failedNames(run)}</td><td>${run === undefined ? none : changes(before, run)}</td>
<td>${night.runs.map((each) => reportLink(night, each, linkTo(each)))}</td></tr>
`;
}

function weekday(date: string): string {
  return new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }).format(new Date(date));
}

function severalRuns({ runs }: Night): string {
  return runs.length < 2 ? '' : ` (${runs.length} runs: ${runs.map(stateOfRun).join(', then ')})`;
}

function failedNames({ report }: GivenRun): Markup {
  const failed = report.tests.filter(({ state }) => state === 'failed').map(({ name }) => name);
  const rest = failed.length - shownNames;
  const more = rest > 0 ? [html`<li>and ${rest} more</li>`] : [];
  if (failed.length === 0) {
    const { ended } = report;
    if (ended !== undefined) {
      return html`${ended.how}${ended.during === undefined ? '' : ` during ${ended.during}`}: ${ended.why.split('\n')[0] ?? ''}`;
    }
    return report.outcome === 'failed' ? html`no test: see its report` : none;
  }
  return html`<ul>${[...failed.slice(0, shownNames).map((name) => html`<li>${name}</li>`), ...more]}</ul>`;
}

function changes(before: GivenRun | undefined, run: GivenRun): Markup {
  if (before === undefined || before.report.command !== run.report.command) {
    return none;
  }
  const { worse, tests, times, underTest } = compareRuns([before], run, { slowerIsWorse: false });
  const slower = times.slower.find(({ what }) => what === 'run');
  const first = [
    ...(worse.length === 0 ? [] : [`worse: ${worse.join(', ')}`]),
    ...(tests.mended.length === 0 ? [] : [`mended: ${tests.mended.length}`]),
    ...(slower === undefined
      ? []
      : [`slower beyond noise: ${seconds(slower.beforeMs[0] ?? 0)} → ${seconds(slower.afterMs)}`]),
  ];
  const other = [
    ...underTest
      .filter(({ what }) => !what.startsWith(digestOf) && what !== 'image')
      .map(({ what, before: old = '?', after = '?' }) => `${what}: ${short(old)} → ${short(after)}`),
    ...digests(underTest),
  ];
  return html`${first.length === 0 ? none : list(first)}${other.length === 0 ? none : html`<details><summary>of another version: ${other.length}</summary>${list(other)}</details>`}`;
}

const list = (items: readonly string[]) => html`<ul>${items.map((each) => html`<li>${each}</li>`)}</ul>`;
const digestOf = 'image digest of ';
/** A commit is known by its first digits. */
const short = (text: string) => text.replace(/^[0-9a-f]{40}$/, (commit) => commit.slice(0, 12));

function digests(changed: readonly { readonly what: string }[]): readonly string[] {
  const names = changed.flatMap(({ what }) => (what.startsWith(digestOf) ? [what.slice(digestOf.length)] : []));
  return names.length === 0 ? [] : [`digests of ${names.join(', ')}`];
}

function reportLink({ date, runs }: Night, run: NightRun, link: string | undefined): Markup {
  if (link === undefined) {
    return none;
  }
  const which = runs.length < 2 ? date : `${date}, ${run.name}`;
  return html`<a href="${link}">report of ${which}</a><br>`;
}
