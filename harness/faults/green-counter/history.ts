import {
  type FakeRepository,
  fakeRepository,
  fakeSha,
  fakeTime,
  greenSmokes,
} from '@meho/green-counter/github/testing/fake-repository';
import type { BareContext, Fault } from '../fault.ts';
import { fault, healthyWorld, newer, retold } from './healthy.ts';

const told = (
  id: string,
  title: string,
  says: RegExp,
  fake: FakeRepository,
  flags: Readonly<Record<string, string>> = {},
) => fault({ id, title, says, flags }, { repository: () => fake });

/** Head of #106, merged before. */
const tipOfMain = fakeSha('pull 106');

const conclusions: readonly Fault<BareContext>[] = [
  'failure',
  'timed_out',
  'action_required',
  'stale',
  'neutral',
  'startup_failure',
  null,
].map((conclusion) =>
  told(
    `newest-${conclusion ?? 'unfinished'}`,
    `the newest smoke of a merged pull request ended with ${conclusion}`,
    conclusion === 'failure' ? /0; before that run 9012 of #301.*it failed/ : /0; before that run 9012 of #301/,
    newer({ changes: { conclusion } }),
  ),
);

/** Each is red for one reason, which must be named. */
export const history: readonly Fault<BareContext>[] = [
  ...conclusions,
  told(
    'rerun-failed',
    'the newest green smoke was run again and failed',
    /0; before that run 9011 of #106.*attempt 2, failure/,
    retold(11, { attempt: 2, conclusion: 'failure', startedAt: fakeTime(12) }),
  ),
  fault(
    {
      id: 'rerun-hidden',
      title: 'the list tells of the green first attempt, the commit of the failed second',
      says: /0; before that run 9011 of #106.*attempt 2, failure/,
    },
    {
      repository: ({ query }) =>
        query.has('head_sha')
          ? retold(11, { attempt: 2, conclusion: 'failure', startedAt: fakeTime(12) })
          : healthyWorld,
    },
  ),
  told(
    'reopened-failed',
    'a pull request was reopened at the same head, and that run failed',
    /run 9012 of #106.*it failed/,
    newer({ pull: 106, changes: { conclusion: 'failure' } }),
  ),
  told(
    'timeout-as-cancelled',
    'GitHub tells of a smoke over its time limit as cancelled',
    /cancelled: resets: timed out \(exceeded the maximum execution time of 12m0s/,
    newer({
      changes: {
        conclusion: 'cancelled',
        annotations: ['The job has exceeded the maximum execution time of 12m0s', 'The operation was canceled.'],
      },
    }),
  ),
  told(
    'cancelled-by-nobody',
    'nothing shows that a person or a newer push cancelled it',
    /cancelled, and no annotation/,
    newer({ changes: { conclusion: 'cancelled' } }),
  ),
  told(
    'head-not-on-main',
    'the head that was smoked is not the one that was merged',
    /the head of #301, is not reachable from main/,
    newer({ reachable: false }),
  ),
  told('merged-elsewhere', 'two of six went into another branch', /^streak: 4, since the first run/, {
    ...healthyWorld,
    pulls: healthyWorld.pulls.map((pull) => ([105, 106].includes(pull.number) ? { ...pull, base: 'release' } : pull)),
  }),
  told('not-merged', 'two of six were closed without a merge', /^streak: 4, since the first run/, {
    ...healthyWorld,
    pulls: healthyWorld.pulls.map((pull) => ([105, 106].includes(pull.number) ? { ...pull, mergedAt: null } : pull)),
  }),
  told(
    'pushed-six-times',
    'one pull request with six green pushes',
    /^streak: 1, since the first run/,
    fakeRepository([1, 2, 3, 4, 5, 6].map((run) => ({ pull: 101, run, changes: { headSha: String(run).repeat(40) } }))),
  ),
  told('four-in-a-row', 'four are not five', /^streak: 4, since the first run/, fakeRepository(greenSmokes(4))),
  told('six-of-seven', 'more are asked for than there are', /^streak: 6,/, healthyWorld, { 'min-streak': '7' }),
  told(
    'moved-into-docs',
    'a file of code was moved under docs/, and the smoke failed',
    /run 9012 of #301.*it failed/,
    newer({
      changes: { conclusion: 'failure' },
      pullChanges: { files: [{ filename: 'docs/app.py', previous_filename: 'backend/app.py' }] },
    }),
  ),
  fault(
    {
      id: 'code-behind-docs',
      title: 'one file of code on the second page of files, and the smoke failed',
      says: /run 9012 of #301.*it failed/,
    },
    {
      repository: () =>
        newer({
          changes: { conclusion: 'failure' },
          pullChanges: { files: [{ filename: 'docs/a' }, { filename: 'docs/b' }, { filename: 'docs.py' }] },
        }),
      pageLimit: 2,
    },
  ),
  told(
    'failure-without-link',
    'GitHub links no pull request to the failed run',
    /run 9012 of #301.*it failed/,
    newer({ changes: { conclusion: 'failure', pullRequests: [] } }),
  ),
  told(
    'failure-replaced',
    'a push replaced the head that failed, and GitHub knows the commit no more',
    /run 9012 of #301.*it failed/,
    newer({ changes: { conclusion: 'failure' }, pullChanges: { commits: [] } }),
  ),
  told(
    'failure-linked-elsewhere',
    'GitHub links the failed run to an open pull request at the same head',
    /run 9012 of #301.*it failed/,
    newer({ changes: { conclusion: 'failure', pullRequests: [201] } }),
  ),
  told(
    'failure-linked-to-a-fork',
    'GitHub links the failed run to a pull request of a fork, whose number is one of ours',
    /run 9012 of #301.*it failed/,
    newer({ changes: { conclusion: 'failure', forkPullRequests: [203] } }),
  ),
  told(
    'failure-at-the-base',
    'GitHub tells of the commit of main that two smokes began at, as the head of both; the first failed',
    /1; before that run 9012 of #301.*it failed/,
    newer(
      {
        changes: { conclusion: 'failure', headSha: tipOfMain, headCommit: fakeSha('pull 301') },
        pullChanges: { headSha: fakeSha('pull 301'), commits: [fakeSha('pull 301')] },
      },
      {
        changes: { headSha: tipOfMain, headCommit: fakeSha('pull 302') },
        pullChanges: { headSha: fakeSha('pull 302'), commits: [fakeSha('pull 302')] },
      },
    ),
  ),
  fault(
    {
      id: 'no-note',
      title: 'nobody noted why run 10 failed',
      says: /run 9010 of #204.*no operator note/,
      flags: { notes: undefined },
    },
    {},
  ),
  told(
    'note-of-another-day',
    'run 10 failed on the day after its note',
    /run 9010 of #204.*is of another day, 2026-01-10/,
    retold(10, { startedAt: fakeTime(11), updatedAt: fakeTime(11, 9) }),
  ),
];
