import { html, type Markup, none } from './markup.ts';
import { page } from './page.ts';
import { type CheckRecord, type RunReport, type TestReport, type UnderTest, worstFirst } from './run-report.ts';
import { sortScript } from './sort-script.ts';
import { closingLine } from './tally.ts';
import { type Phase, seconds } from './timeline.ts';

/**
 * A run as one page that needs nothing else: the verdict, what failed, where the time went, what was under test, every
 * test and every check with what was expected and seen. Links go to files beside it.
 */
export function runHtml(report: RunReport): string {
  const { outcome, tests, checks, phases, durationMs, underTest, attachments } = report;
  const body = html`<h1>MEHO acceptance</h1>
${verdict(report)}
${failures(tests)}
<h2 id="phases-title">Where the time went</h2>
${timeline(phases, durationMs)}
<h2>What was under test</h2>
${underTest === undefined ? html`<p>There was no cluster: the suites asked for none, or it did not come up.</p>` : subject(underTest)}
${matrices(attachments)}
<h2 id="tests-title">Tests</h2>
${testTable(tests)}
<h2 id="checks-title">Checks</h2>
<p>What each check expected and saw. Some tests break something on purpose: what a check says there is judged by its test.</p>
${checkTable(checks, tests)}
<h2>Files of the run</h2>
${files(attachments)}`;
  return page({ title: `MEHO acceptance: ${outcome}`, body, script: sortScript });
}

function verdict({ outcome, tally, durationMs, startedAt, command }: RunReport): Markup {
  const words = `${closingLine(tally)} in ${seconds(durationMs)}`;
  return html`<p class="verdict ${outcome === 'passed' ? 'good' : 'bad'}">${outcome === 'passed' ? 'Passed' : 'Failed'}: ${words}.</p>
<dl><dt>started</dt><dd>${startedAt}</dd><dt>command</dt><dd>${command}</dd></dl>`;
}

function failures(tests: readonly TestReport[]): Markup {
  const failed = tests.filter(({ state }) => state === 'failed');
  return failed.length === 0
    ? none
    : html`<h2>What failed</h2><ul>${failed.map(
        ({ name, file, detail = '' }) =>
          html`<li><strong class="bad">${name}</strong> (${file})<pre>${detail}</pre></li>`,
      )}</ul>`;
}

/** The bars are a picture of the numbers beside them. */
function timeline(phases: readonly Phase[], totalMs: number): Markup {
  const whole = Math.max(totalMs, ...phases.map(({ startMs, durationMs }) => startMs + durationMs), 1);
  const percent = (ms: number) => ((100 * Math.max(0, ms)) / whole).toFixed(2);
  const rows = phases.map(
    ({ title, depth, startMs, durationMs, failed }) => html`<tr${failed ? html` class="FAIL"` : none}>
<th scope="row" class="depth${Math.min(depth, 4)}">${title}${failed ? ' (failed)' : ''}</th><td class="number">${seconds(Math.max(0, startMs))}</td>
<td class="number">${seconds(durationMs)}</td><td class="number">${Math.round((100 * durationMs) / whole)} %</td>
<td class="bar"><svg width="100%" height="10" aria-hidden="true" focusable="false"><rect x="${percent(startMs)}%" width="${percent(Math.max(durationMs, whole / 400))}%" height="10"></rect></svg></td></tr>
`,
  );
  return html`<div class="scroll" role="region" aria-labelledby="phases-title" tabindex="0"><table class="phases">
<thead><tr><th scope="col">Phase</th><th scope="col">From</th><th scope="col">Took</th><th scope="col">Share</th><th scope="col">Timeline</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function subject({ cluster, chart, release, image, images }: UnderTest): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ['cluster', `${cluster.distribution} ${cluster.kubernetesVersion}`],
    ['node', cluster.origin],
    ['policy engine', cluster.policyEngine],
    ['chart', `${chart.name} ${chart.version} (${chart.reference})`],
    ['release', release],
    ['image', image.reference],
    ['commit', image.gitSha],
  ];
  const origins = { engine: 'the engine had it', registry: 'pulled from a registry', built: 'built from its recipe' };
  const rows = images.map(
    ({ name, reference, id, origin }) =>
      html`<tr><th scope="row">${name}</th><td>${reference}</td><td class="host">${id}</td><td>${origins[origin]}</td></tr>`,
  );
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<h3 id="images-title">Images</h3>
${sortable('images', ['Image', 'Reference', 'Digest', 'Where it came from'], rows)}`;
}

function testTable(tests: readonly TestReport[]): Markup {
  const rows = worstFirst(tests).map(
    ({ file, name, state, durationMs, detail = '' }) => html`<tr${state === 'failed' ? html` class="FAIL"` : none}>
<td class="word">${state}</td><th scope="row">${name}</th><td>${file}</td><td class="number" data-sort="${Math.round(durationMs)}">${seconds(durationMs)}</td><td class="host">${state === 'skipped' ? detail : ''}</td></tr>
`,
  );
  return sortable('tests', ['State', 'Test', 'File', 'Took', 'Why skipped'], rows);
}

function checkTable(checks: readonly CheckRecord[], tests: readonly TestReport[]): Markup {
  const failed = new Set(tests.filter(({ state }) => state === 'failed').map(({ name }) => name));
  const rows = checks.map((check) => {
    const { test, title, outcome, expected = '', observed, reason = '', hint = '', durationMs } = check;
    const isWanted = outcome !== 'holds' && outcome !== 'skipped' && !failed.has(test);
    return html`<tr${failed.has(test) && outcome !== 'holds' ? html` class="FAIL"` : none}>
<td class="word">${outcome}${isWanted ? ', as this test wants' : ''}</td><th scope="row">${title}</th><td>${expected}</td><td>${observed ?? reason}${hint === '' ? none : html`<br><span class="host">look first: ${hint}</span>`}</td>
<td class="number" data-sort="${Math.round(durationMs)}">${seconds(durationMs)}</td><td class="host">${test}</td></tr>
`;
  });
  return sortable('checks', ['Outcome', 'Check', 'Expected', 'Observed', 'Took', 'In the test'], rows);
}

function sortable(id: string, columns: readonly string[], rows: readonly Markup[]): Markup {
  const heads = columns.map((name) => html`<th scope="col"><button type="button">${name}</button></th>`);
  return html`<div class="scroll" role="region" aria-labelledby="${id}-title" tabindex="0"><table id="${id}" class="sortable">
<thead><tr>${heads}</tr></thead>
<tbody>
${rows}</tbody></table></div>`;
}

function matrices(attachments: RunReport['attachments']): Markup {
  const found = attachments.filter(({ kind }) => kind === 'matrix');
  return found.length === 0 ? none : html`<h2>Who may talk to whom</h2><ul>${found.map(({ path }) => link(path))}</ul>`;
}

function files(attachments: RunReport['attachments']): Markup {
  const others = attachments.filter(({ kind }) => kind !== 'matrix');
  return others.length === 0 ? html`<p>None.</p>` : html`<ul>${others.map(({ path }) => link(path))}</ul>`;
}

const link = (file: string) =>
  html`<li><a href="${file.split('/').map(encodeURIComponent).join('/')}">${file}</a></li>`;
