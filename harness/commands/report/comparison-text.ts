import { closingLine } from '@meho/core/report/tally';
import { seconds } from '@meho/core/report/timeline';
import type { ChangedTest, ComparedRun, Comparison } from './comparison.ts';
import type { LostCheck } from './lost-checks.ts';
import { earlier } from './noise.ts';
import type { SubjectChange } from './subject-changes.ts';
import type { TimeChange } from './time-changes.ts';

/** More of a kind are counted only: the JSON has them all. */
const shownOfAKind = 20;
const shownOfADetail = 4;

/** For a terminal; the verdict comes first and last. */
export function comparisonText(comparison: Comparison): string {
  const { verdict, worse, notes, before, after, tests, stories, lostChecks, times, underTest } = comparison;
  const still = tests.stillFailing.length === 0 ? '' : ` (${tests.stillFailing.length} still failing)`;
  const summary = verdict === 'worse' ? `worse: ${worse.join(', ')}${still}` : `nothing is worse${still}`;
  const isOfWholeStory = ({ file }: ChangedTest) => stories.vanished.includes(file) || stories.appeared.includes(file);
  const within = (changed: readonly ChangedTest[]) => changed.filter((test) => !isOfWholeStory(test));
  const storyLine = (changed: readonly ChangedTest[]) => (story: string) => [
    `${story} (tests: ${changed.filter(({ file }) => file === story).length})`,
  ];
  return [
    summary,
    '',
    ...before.map((run) => runLine('before', run)),
    runLine('after', after),
    ...notes.map((note) => `note    ${note}`),
    ...section('new failures', tests.newFailures, failureLines),
    ...section('still failing', tests.stillFailing, failureLines),
    ...section('mended', tests.mended, testLine),
    ...section('newly skipped', tests.newlySkipped, skipLine),
    ...section('no longer skipped', tests.noLongerSkipped, testLine),
    ...section('stories that vanished', stories.vanished, storyLine(tests.vanished)),
    ...section('tests that vanished', within(tests.vanished), testLine),
    ...section('stories that appeared', stories.appeared, storyLine(tests.appeared)),
    ...section('tests that appeared', within(tests.appeared), testLine),
    ...section('checks that held, and are no longer shown to', lostChecks, checkLine),
    ...section('what was under test', underTest, subjectLine),
    ...section('slower', times.slower, timeLine),
    ...section('faster', times.faster, timeLine),
    '',
    `times: ${times.rule}`,
    summary,
  ].join('\n');
}

function runLine(role: string, { place, startedAt, outcome, ended, tally, durationMs }: ComparedRun): string {
  const verdict = ended === undefined ? outcome : `no verdict (${ended})`;
  return `${role.padEnd(6)}  ${startedAt}  ${verdict}: ${closingLine(tally)} in ${seconds(durationMs)}  ${place}`;
}

function section<T>(title: string, all: readonly T[], linesOf: (each: T) => readonly string[]): readonly string[] {
  if (all.length === 0) {
    return [];
  }
  const rest = all.length - shownOfAKind;
  return [
    '',
    `${title} (${all.length})`,
    ...all.slice(0, shownOfAKind).flatMap((each) => linesOf(each).map((line) => `  ${line}`)),
    ...(rest > 0 ? [`  … and ${rest} more; --output json has them all`] : []),
  ];
}

const nameOf = ({ file, name }: ChangedTest) => (file === name ? file : `${file} › ${name}`);
const testLine = (test: ChangedTest) => [`${nameOf(test)} (${test.before} → ${test.after})`];
const skipLine = (test: ChangedTest) => [`${nameOf(test)} (was ${test.before}): ${firstLines(test, 1).join(' ')}`];

function failureLines(test: ChangedTest): readonly string[] {
  return [`${nameOf(test)} (was ${test.before})`, ...firstLines(test, shownOfADetail).map((line) => `  ${line}`)];
}

function firstLines({ detail = 'no detail' }: ChangedTest, count: number): readonly string[] {
  const lines = detail.split('\n').filter((line) => line.trim() !== '');
  return [...lines.slice(0, count), ...(lines.length > count ? ['…'] : [])];
}

function checkLine({ id, title, test, after }: LostCheck): readonly string[] {
  return [`${id}: ${title}: ${after.length === 0 ? 'not made' : after.join(', ')} in “${test}”`];
}

function subjectLine({ what, before = '(not said)', after = '(not said)' }: SubjectChange): readonly string[] {
  return [`${what}: ${before} → ${after}`];
}

function timeLine({ what, name, beforeMs, afterMs }: TimeChange): readonly string[] {
  return [`${what} ${name}: ${earlier(beforeMs)} → ${seconds(afterMs)}`];
}
