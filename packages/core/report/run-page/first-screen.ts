import { html, type Markup, none } from '../markup.ts';
import type { RunReport } from '../run-report.ts';
import { closingLine } from '../tally.ts';
import { seconds } from '../timeline.ts';
import { bounded } from './bounded.ts';
import { toldFailures } from './told-failures.ts';
import { sinceSentence, verdictSentence } from './verdict-sentence.ts';
import { moment, type Tone } from './words.ts';

/** What broke, since when, what to run next. */
export function firstScreen(report: RunReport): Markup {
  const { tally, durationMs, startedAt, command, ended, next } = report;
  const since = sinceSentence(report);
  const { tone, mark } = toneOf(report);
  const [first] = toldFailures(report);
  const facts = [
    ...(ended === undefined ? [] : [fact('Why', html`<span class="lines">${bounded(ended.why, 900)}</span>`)]),
    ...(since === undefined ? [] : [fact('Since when', html`${since}`)]),
    ...(first === undefined
      ? []
      : [
          fact(
            'First failure',
            html`<a href="#failed">${first.tests[0].name}</a>: ${first.isSaid ? html`expected ${oneLine(first.expected)}; ` : none}seen ${oneLine(first.seen)}`,
          ),
        ]),
    fact('Run next', next === undefined ? html`Nothing: all that was asked is answered.` : html`<code>${next}</code>`),
    fact(
      'This run',
      html`${command}, started ${moment(startedAt)}, took ${seconds(durationMs)}: ${closingLine(tally)}`,
    ),
  ];
  return html`<div class="first tone-${tone}"><p class="verdict"><span class="mark" aria-hidden="true">${mark}</span> ${verdictSentence(report)}</p>
<dl>${facts}</dl></div>
`;
}

const oneLine = (text: string) => bounded(text.replaceAll(/\s*\n\s*/g, ' '), 200);

const fact = (name: string, value: Markup) => html`<dt>${name}</dt><dd>${value}</dd>`;

function toneOf({ ended, outcome, promises = [] }: RunReport): { readonly tone: Tone; readonly mark: string } {
  if (ended !== undefined) {
    return { tone: 'unsure', mark: '?' };
  }
  if (outcome === 'failed') {
    return { tone: 'bad', mark: '✗' };
  }
  const isPart = promises.some(({ state }) => state === 'partly proven' || state === 'not proven');
  return isPart ? { tone: 'unsure', mark: '◐' } : { tone: 'good', mark: '✓' };
}

/** Only where there is something to say. */
export const section = (title: string, body: Markup, id?: string) =>
  body === none ? none : html`<h2${id === undefined ? none : html` id="${id}"`}>${title}</h2>\n${body}`;
