import type { PromiseReport, PromiseState, RunReport, TestReport } from '../run-report.ts';
import { seconds } from '../timeline.ts';
import { counted, listed, moment, stories } from './words.ts';

/** The whole verdict: never more than the run has shown. */
export function verdictSentence(report: RunReport): string {
  const { tally, tests, durationMs, ended, promises = [], command } = report;
  const took = seconds(durationMs);
  const of = (...wanted: readonly PromiseState[]) => promises.filter(({ state }) => wanted.includes(state));
  if (ended !== undefined) {
    const ends = (wanted: TestReport['state']) => tests.filter(({ state }) => state === wanted).length;
    const sofar =
      tests.length === 0
        ? 'before anything was judged'
        : `with ${ends('passed')} passed and ${ends('failed')} failed so far`;
    const where = ended.during === undefined ? '' : ` in “${ended.during}”`;
    return ended.how === 'interrupted'
      ? `No verdict: the run was interrupted after ${took}${where}, ${sofar}.`
      : `No verdict: the run broke off after ${took}${where}, ${sofar}.`;
  }
  const broken = of('broken', 'blind');
  if (tally.failed > 0) {
    if (broken.length === 0) {
      return `Failed: ${command === 'acceptance' ? stories(tally.failed) : counted(tally.failed, 'test')} of ${total(report)} failed.`;
    }
    const blind = broken.every(({ state }) => state === 'blind');
    const rest = of('holds', 'partly proven', 'sees its faults').length;
    return `${blind ? 'Not seen' : 'Broken'}: ${listed(broken.map(({ title }) => title))}. ${tally.failed} of ${total(report)} failed${rest === 0 ? '' : `; nothing failed in ${counted(rest, 'other promise')}`}.`;
  }
  if (tally.passed === 0) {
    return 'Nothing was proven: no story passed, and none failed.';
  }
  const whole = of('holds');
  const part = of('partly proven');
  if (whole.length + part.length > 0) {
    const proven = whole.length === 0 ? [] : [`${listed(whole.map(titled))} ${whole.length === 1 ? 'holds' : 'hold'}`];
    const asked = part.length === 0 ? [] : [`what was asked of ${listed(part.map(titled))} holds`];
    return `${capital([...proven, ...asked].join('; '))}.`;
  }
  const seen = promises.reduce((sum, { faults }) => sum + faults.seen.length, 0);
  return seen > 0 ? `Every injected fault was seen: ${counted(seen, 'fault')}.` : `All ${total(report)} passed.`;
}

const titled = ({ title }: PromiseReport) => title;

function total({ tally: { passed, failed, skipped }, command }: RunReport): string {
  const count = passed + failed + skipped;
  return command === 'acceptance' ? stories(count) : counted(count, 'test');
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Since when what is broken is so, as far as runs in the same folder tell. */
export function sinceSentence({ promises = [] }: RunReport): string | undefined {
  const broken = promises.filter(({ state }) => state === 'broken');
  const bySentence = [...Map.groupBy(broken, sinceOf)];
  return broken.length === 0
    ? undefined
    : bySentence
        .map(([sentence, all]) => (bySentence.length === 1 ? sentence : `${listed(all.map(titled))}: ${sentence}`))
        .join(' ');
}

function sinceOf({ since }: PromiseReport): string {
  if (since === undefined) {
    return 'not known: no earlier run in this folder judged it.';
  }
  const { held, broke } = since;
  const last = held === undefined ? 'no run in this folder saw it hold.' : `it last held in the run of ${run(held)}.`;
  return broke === undefined ? `since this run; ${last}` : `since the run of ${run(broke)}; ${last}`;
}

const run = ({ at, gitSha }: { readonly at: string; readonly gitSha?: string }) =>
  `${moment(at)}${gitSha === undefined ? '' : ` (commit ${gitSha.slice(0, 12)})`}`;
