import { describe, expect, test } from 'vitest';
import {
  type FakeRepository,
  type FakeSmoke,
  fakeRepository,
  fakeSha,
  fakeTime,
  greenSmokes,
} from './github/testing/fake-repository.ts';
import type { OperatorNote } from './notes.ts';
import { count } from './testing/count-fake.ts';

describe('each run is explained', () => {
  const six = greenSmokes(6);
  const job = (name: string, conclusion = 'success') => ({ name, conclusion });
  const headOf300 = { pullChanges: { headSha: fakeSha('pull 300'), commits: [fakeSha('pull 300')] } };
  const withNewest = (newest: Partial<FakeSmoke>) => fakeRepository([...six, { pull: 300, run: 7, ...newest }]);
  const newestOf = async (fake: FakeRepository, notes: readonly OperatorNote[] = []) => {
    const { streak, runs } = await count(fake, notes);
    return { streak, ...runs[0] };
  };
  const note = (date: string): OperatorNote => ({
    run: 9007,
    date,
    infrastructure: 'node',
    cause: 'node-3 lost power',
  });

  test.each<[string, Partial<FakeSmoke>, number, string, RegExp]>([
    ['green', {}, 7, 'counts', /#300 was merged and its smoke is green/],
    ['failed', { changes: { conclusion: 'failure' } }, 0, 'resets', /it failed, and no operator note/],
    ['open', { pullChanges: { mergedAt: null } }, 6, 'excluded', /#300 is not merged/],
    ['merged elsewhere', { pullChanges: { base: 'release' } }, 6, 'excluded', /into release, not main/],
    [
      'unknown to any pull request',
      { changes: { branch: 'x' }, pullChanges: { commits: [] } },
      6,
      'excluded',
      /no pull request/,
    ],
    ['not on main', { reachable: false }, 0, 'resets', /not reachable from main/],
    ['skipped', { changes: { conclusion: 'skipped' } }, 6, 'excluded', /auth gate/],
    ['running', { changes: { conclusion: null } }, 0, 'resets', /no conclusion yet/],
    ['dispatched', { changes: { event: 'workflow_dispatch' } }, 6, 'excluded', /workflow_dispatch/],
    [
      'over its time',
      {
        changes: { conclusion: 'cancelled', annotations: ['The job has exceeded the maximum execution time of 12m0s'] },
      },
      0,
      'resets',
      /timed out \(exceeded the maximum execution time of 12m0s/,
    ],
    [
      'cancelled by a person',
      { changes: { conclusion: 'cancelled', annotations: ['The run was canceled by @operator.'] } },
      6,
      'excluded',
      /cancelled by a person \(The run was canceled by @operator/,
    ],
    ['cancelled by nobody', { changes: { conclusion: 'cancelled' } }, 0, 'resets', /no annotation of its jobs says/],
    ['documentation', { pullChanges: { files: [{ filename: 'docs/x.txt' }] } }, 6, 'excluded', /documentation only/],
    ['without a file', { pullChanges: { files: [] } }, 7, 'counts', /green/],
    [
      'merged by a merge commit',
      {},
      7,
      'counts',
      /its head is on main, as after a merge commit; main had not moved in between: the tree that runs is the smoked one$/,
    ],
    [
      'merged by a squash',
      { by: 'squash' },
      7,
      'counts',
      /its merge commit [0-9a-f]{7} is on main, as after a squash or rebase; main had not moved in between/,
    ],
    [
      'merged by a squash onto more than it was smoked on',
      { by: 'squash', pullChanges: { baseMoved: true } },
      7,
      'counts',
      /; main had moved in between: the tree that runs was never smoked$/,
    ],
    [
      'merged without a commit that GitHub names',
      { by: 'squash', pullChanges: { mergeCommitSha: null } },
      0,
      'resets',
      /GitHub names no merge commit/,
    ],
    [
      'squashed, and taken back by a forced push',
      { reachable: false },
      0,
      'resets',
      /neither is its merge commit [0-9a-f]{7}: what was smoked is not what was merged/,
    ],
    [
      'of a head that a push replaced, though main has it',
      { pullChanges: { headSha: fakeSha('pushed later') } },
      6,
      'excluded',
      /was replaced in #300 before the merge, which took/,
    ],
    [
      'told at the base, with its head beside it',
      { by: 'squash', changes: { headSha: fakeSha('pull 106'), headCommit: fakeSha('pull 300') }, ...headOf300 },
      7,
      'counts',
      /its merge commit/,
    ],
    [
      'told at the base, which is on main whatever was smoked',
      { changes: { headSha: fakeSha('pull 106') }, ...headOf300 },
      6,
      'excluded',
      /was replaced in #300/,
    ],
    ['skipped behind a gate', { changes: { jobs: [job('gate'), job('smoke', 'skipped')] } }, 6, 'excluded', /gate/],
    [
      'red, and allowed to be',
      { changes: { jobs: [job('build'), job('smoke', 'failure')] } },
      0,
      'resets',
      /the run is green, but its job "smoke" failed, and no operator note/,
    ],
    [
      'over its time, and allowed to be',
      {
        changes: {
          jobs: [job('smoke', 'cancelled')],
          annotations: ['The job has exceeded the maximum execution time of 12m0s'],
        },
      },
      0,
      'resets',
      /timed out/,
    ],
    [
      'cancelled in an attempt whose other jobs alone were run again',
      {
        changes: {
          attempt: 2,
          jobs: [
            { ...job('smoke', 'cancelled'), attempt: 1 },
            { ...job('docs', 'failure'), attempt: 1 },
            { ...job('docs'), attempt: 2 },
          ],
          annotations: ['The run was canceled by @operator.'],
        },
      },
      6,
      'excluded',
      /cancelled by a person \(The run was canceled by @operator/,
    ],
    [
      'cancelled after an attempt that a person had cancelled: that is another',
      {
        changes: {
          conclusion: 'cancelled',
          attempt: 2,
          jobs: [
            { ...job('build', 'cancelled'), attempt: 1 },
            { ...job('smoke', 'cancelled'), attempt: 2 },
          ],
          annotations: ['The run was canceled by @operator.'],
        },
      },
      0,
      'resets',
      /cancelled, and no annotation/,
    ],
    [
      'red at a head that a push replaced',
      {
        changes: { jobs: [job('smoke', 'failure')] },
        pullChanges: { headSha: fakeSha('pushed later') },
      },
      0,
      'resets',
      /its job "smoke" failed/,
    ],
  ])('%s', async (_, newest, streak, treatment, why) => {
    expect(await newestOf(withNewest(newest))).toMatchObject({ streak, treatment, why: expect.stringMatching(why) });
  });

  test('a note excuses a failure of its day and of no other', async () => {
    const fake = withNewest({ changes: { conclusion: 'failure' } });
    expect(await newestOf(fake, [note('2026-01-07')])).toMatchObject({
      streak: 6,
      why: 'failed by node, as an operator noted the same day: node-3 lost power',
    });
    expect(await newestOf(fake, [note('2026-01-08')])).toMatchObject({
      streak: 0,
      why: expect.stringMatching(/of another day/),
    });
    const overdue = withNewest({ changes: { conclusion: 'timed_out' } });
    expect(await newestOf(overdue, [note('2026-01-07')])).toMatchObject({ streak: 0, treatment: 'resets' });
  });

  test('of one head the latest attempt counts, in whichever run it was made', async () => {
    const again = (changes: object): FakeRepository => fakeRepository([...six, { pull: 106, run: 7, changes }]);
    // Reopened and failed: the failure counts.
    expect((await count(again({ conclusion: 'failure' }))).streak).toBe(0);
    // The older run's re-run is the latest attempt.
    const fake = again({ conclusion: 'failure' });
    const rerun = fake.runs.map((run) =>
      run.number === 6 ? { ...run, attempt: 2, startedAt: fakeTime(8), updatedAt: fakeTime(8, 7) } : run,
    );
    expect(await count({ ...fake, runs: rerun })).toMatchObject({
      streak: 6,
      runs: [
        { treatment: 'excluded', why: 'run 9006 is the latest attempt at the same head' },
        ...six.map(() => ({ treatment: 'counts' })),
      ],
    });
  });

  test('what the gate skipped takes the place of no attempt: a failure before it is not lost, a success neither', async () => {
    const skips = [{ conclusion: 'skipped' }, { conclusion: 'success', jobs: [job('gate'), job('smoke', 'skipped')] }];
    for (const changes of skips) {
      const streakAfter = (conclusion: string) =>
        count(fakeRepository([...six, { pull: 300, run: 7, changes: { conclusion } }, { pull: 300, run: 8, changes }]));
      expect(await streakAfter('failure')).toMatchObject({
        streak: 0,
        runs: [{ treatment: 'excluded' }, { run: { id: 9007 } }],
      });
      expect(await streakAfter('success')).toMatchObject({ streak: 7 });
    }
  });

  test('a job that is not there, or not any more, ends the history before it', async () => {
    for (const jobs of [[job('build')], [], null]) {
      const fake = (run: number) =>
        fakeRepository(greenSmokes(7).map((smoke) => (smoke.run === run ? { ...smoke, changes: { jobs } } : smoke)));
      expect(await count(fake(7))).toMatchObject({
        streak: 0,
        incomplete: expect.stringMatching(
          /run 9007 of #107 (has no job "smoke", it has |no more)|GitHub has the jobs of run 9007/,
        ),
      });
      expect(await count(fake(2))).toMatchObject({ streak: 5, incomplete: expect.stringContaining('9002') });
    }
    // A run that can't count needs no more requests.
    const open = withNewest({ changes: { jobs: null }, pullChanges: { mergedAt: null } });
    expect(await count(open)).toMatchObject({ streak: 6, runs: [{ treatment: 'excluded' }, ...six.map(() => ({}))] });
  });

  test('the job goes by the name that was asked for', async () => {
    const fake = fakeRepository(six.map((smoke) => ({ ...smoke, changes: { jobs: [job('🚀 e2e / lab (rke2)')] } })));
    expect(await count(fake, [], { job: 'lab' })).toMatchObject({ streak: 6 });
    expect(await count(fake, [], { job: '🚀 e2e / lab' })).toMatchObject({ streak: 6 });
    expect(await count(fake)).toMatchObject({ streak: 0, incomplete: expect.stringContaining('--job') });
  });

  test('by the letter of the contract a squash is not on main, and an older head may be', async () => {
    const merges = 'merge-commits';
    expect(await count(withNewest({ by: 'squash' }), [], { merges })).toMatchObject({
      streak: 0,
      runs: [{ why: expect.stringMatching(/not reachable from main, and --merges merge-commits takes nothing else/) }],
    });
    const older = withNewest({ pullChanges: { headSha: fakeSha('pushed later') } });
    expect(await count(older, [], { merges })).toMatchObject({ streak: 7 });
    // A base is always reachable and proves nothing.
    const base = withNewest({ changes: { headSha: fakeSha('pull 106') }, ...headOf300 });
    expect(await count(base, [], { merges })).toMatchObject({ streak: 6 });
  });

  test('a pull request counts once, however often it was pushed to', async () => {
    const pushes = [2, 3, 4, 5, 6].map((run) => ({ pull: 101, run, changes: { headSha: String(run).repeat(40) } }));
    expect((await count(fakeRepository([{ pull: 101, run: 1 }, ...pushes]))).streak).toBe(1);
  });
});
