import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Github } from '../github/client.ts';
import { fakeGithub, fakeToken } from '../github/testing/fake-github.ts';
import { greenSmokes, type MadeSmoke, madeMoment, madeSha, madeWorld, type World } from '../github/testing/world.ts';
import { countByGithub } from './ask.ts';
import { countStreak } from './count.ts';
import type { OperatorNote } from './notes.ts';
import { modelStreak, notesOf, type Plan, plannedPull, plannedRun, plans, worldOf } from './testing/plan.ts';
import { factsOf } from './testing/world-facts.ts';
import type { Rules } from './treat.ts';

const rules: Rules = { branch: 'main', notes: [], job: 'smoke', merges: 'any' };
const count = (world: World, notes: readonly OperatorNote[] = [], more: Partial<Rules> = {}) => {
  const facts = factsOf(world);
  return countStreak(facts.runs(), facts, { ...rules, notes, ...more });
};

describe('against the model', () => {
  test('any history has the streak that the model gives it', async () => {
    let longest = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { streak, incomplete } = await count(worldOf(plan), notesOf(plan), { merges: plan.merges });
        expect({ streak, incomplete: incomplete !== undefined }).toEqual(modelStreak(plan));
        longest = Math.max(longest, streak);
      }),
      { numRuns: 1000 },
    );
    // A generator that only made red histories would show nothing.
    expect(longest).toBeGreaterThanOrEqual(5);
  });

  test('also over the wire, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 30 }), async (plan, pageLimit) => {
        const world = worldOf(plan);
        await using server = await fakeGithub({ world: () => world, pageLimit });
        using github = new Github({
          apiUrl: new URL(server.url),
          token: fakeToken,
          deadlineMs: 5000,
          rateLimitPatienceMs: 0,
          signal: AbortSignal.timeout(30_000),
        });
        const { repo, workflow } = world;
        const asked = { ...rules, notes: notesOf(plan), merges: plan.merges };
        const { streak, incomplete } = await countByGithub({ github, repo, workflow, ...asked });
        expect({ streak, incomplete: incomplete !== undefined }).toEqual(modelStreak(plan));
      }),
      { numRuns: 15 },
    );
  });

  test('a smoke that "re-run failed jobs" left in the first attempt is found over the wire', async () => {
    const jobs = [
      { name: 'smoke', conclusion: 'success', attempt: 1 },
      { name: 'docs', conclusion: 'success', attempt: 2 },
    ];
    const world = madeWorld(greenSmokes(5).map((smoke) => ({ ...smoke, changes: { attempt: 2, jobs } })));
    await using server = await fakeGithub({ world: () => world });
    using github = new Github({
      apiUrl: new URL(server.url),
      token: fakeToken,
      deadlineMs: 5000,
      rateLimitPatienceMs: 0,
      signal: AbortSignal.timeout(30_000),
    });
    const { repo, workflow } = world;
    expect(await countByGithub({ github, repo, workflow, ...rules })).toMatchObject({ streak: 5 });
  });

  test('a clone that was not fetched for a while takes nothing away, and saves questions where it knows', async () => {
    const world = madeWorld(greenSmokes(6));
    const known = new Set(world.runs.slice(0, 3).map(({ headSha }) => headSha));
    await using server = await fakeGithub({ world: () => world });
    using github = new Github({
      apiUrl: new URL(server.url),
      token: fakeToken,
      deadlineMs: 5000,
      rateLimitPatienceMs: 0,
      signal: AbortSignal.timeout(30_000),
    });
    const reachability = async (headSha: string) => known.has(headSha);
    const { repo, workflow } = world;
    expect(await countByGithub({ github, repo, workflow, ...rules, reachability })).toMatchObject({
      streak: 6,
    });
    expect(server.log.filter(({ target }) => target.includes('/compare/'))).toHaveLength(3);
  });

  const later = (plan: Plan, run: Partial<Plan['runs'][number]>, pull: Partial<Plan['pulls'][number]> = {}): Plan => ({
    ...plan,
    pulls: [...plan.pulls, { ...plannedPull, ...pull }],
    runs: [...plan.runs, { ...plannedRun(plan.pulls.length + 1), ...run }],
  });
  const streakOf = async (plan: Plan) => (await count(worldOf(plan), notesOf(plan), { merges: plan.merges })).streak;

  test('a green smoke of another merged pull request adds one', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expect(await streakOf(later(plan, {}))).toBe((await streakOf(plan)) + 1);
      }),
    );
  });
  test.each(['failure', 'timed_out', 'action_required', 'stale', 'neutral', 'startup_failure', null, 'cancelled'])(
    'a newer one that ends with %s leaves nothing',
    async (conclusion) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          expect(await streakOf(later(plan, { conclusion }))).toBe(0);
        }),
        { numRuns: 20 },
      );
    },
  );
  test.each([
    ['of a pull request that never merged', { conclusion: 'failure' }, { fate: 'open' as const }],
    ['of documentation only', { conclusion: 'failure' }, { docsOnly: true }],
    ['skipped', { conclusion: 'skipped' }, {}],
    ['cancelled by a person', { conclusion: 'cancelled', cancelledBy: 'person' as const }, {}],
    ['failed, with a note', { conclusion: 'failure', note: 'same day' as const }, {}],
    ['of another event', { conclusion: 'failure', event: 'workflow_dispatch' as const }, {}],
  ])('a newer one that is %s changes nothing', async (_, run, pull) => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        expect(await streakOf(later(plan, run, pull))).toBe(await streakOf(plan));
      }),
      { numRuns: 50 },
    );
  });
});

describe('each run is explained', () => {
  const six = greenSmokes(6);
  const job = (name: string, conclusion = 'success') => ({ name, conclusion });
  const headOf300 = { pullChanges: { headSha: madeSha('pull 300'), commits: [madeSha('pull 300')] } };
  const withNewest = (newest: Partial<MadeSmoke>) => madeWorld([...six, { pull: 300, run: 7, ...newest }]);
  const newestOf = async (world: World, notes: readonly OperatorNote[] = []) => {
    const { streak, runs } = await count(world, notes);
    return { streak, ...runs[0] };
  };
  const note = (date: string): OperatorNote => ({
    run: 9007,
    date,
    infrastructure: 'node',
    cause: 'node-3 lost power',
  });

  test.each<[string, Partial<MadeSmoke>, number, string, RegExp]>([
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
      { pullChanges: { headSha: madeSha('pushed later') } },
      6,
      'excluded',
      /was replaced in #300 before the merge, which took/,
    ],
    [
      'told at the base, with its head beside it',
      { by: 'squash', changes: { headSha: madeSha('pull 106'), headCommit: madeSha('pull 300') }, ...headOf300 },
      7,
      'counts',
      /its merge commit/,
    ],
    [
      'told at the base, which is on main whatever was smoked',
      { changes: { headSha: madeSha('pull 106') }, ...headOf300 },
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
        pullChanges: { headSha: madeSha('pushed later') },
      },
      0,
      'resets',
      /its job "smoke" failed/,
    ],
  ])('%s', async (_, newest, streak, treatment, why) => {
    expect(await newestOf(withNewest(newest))).toMatchObject({ streak, treatment, why: expect.stringMatching(why) });
  });

  test('a note excuses a failure of its day and of no other', async () => {
    const world = withNewest({ changes: { conclusion: 'failure' } });
    expect(await newestOf(world, [note('2026-01-07')])).toMatchObject({
      streak: 6,
      why: 'failed by node, as an operator noted the same day: node-3 lost power',
    });
    expect(await newestOf(world, [note('2026-01-08')])).toMatchObject({
      streak: 0,
      why: expect.stringMatching(/of another day/),
    });
    const overdue = withNewest({ changes: { conclusion: 'timed_out' } });
    expect(await newestOf(overdue, [note('2026-01-07')])).toMatchObject({ streak: 0, treatment: 'resets' });
  });

  test('of one head the latest attempt counts, in whichever run it was made', async () => {
    const again = (changes: object): World => madeWorld([...six, { pull: 106, run: 7, changes }]);
    // Reopened and failed: the failure counts.
    expect((await count(again({ conclusion: 'failure' }))).streak).toBe(0);
    // The older run was started once more after that, and is green: that is the latest attempt.
    const world = again({ conclusion: 'failure' });
    const rerun = world.runs.map((run) =>
      run.number === 6 ? { ...run, attempt: 2, startedAt: madeMoment(8), updatedAt: madeMoment(8, 7) } : run,
    );
    expect(await count({ ...world, runs: rerun })).toMatchObject({
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
        count(madeWorld([...six, { pull: 300, run: 7, changes: { conclusion } }, { pull: 300, run: 8, changes }]));
      expect(await streakAfter('failure')).toMatchObject({
        streak: 0,
        runs: [{ treatment: 'excluded' }, { run: { id: 9007 } }],
      });
      expect(await streakAfter('success')).toMatchObject({ streak: 7 });
    }
  });

  test('a job that is not there, or not any more, ends the history before it', async () => {
    for (const jobs of [[job('build')], [], null]) {
      const world = (run: number) =>
        madeWorld(greenSmokes(7).map((smoke) => (smoke.run === run ? { ...smoke, changes: { jobs } } : smoke)));
      expect(await count(world(7))).toMatchObject({
        streak: 0,
        incomplete: expect.stringMatching(
          /run 9007 of #107 (has no job "smoke", it has |no more)|GitHub has the jobs of run 9007/,
        ),
      });
      expect(await count(world(2))).toMatchObject({ streak: 5, incomplete: expect.stringContaining('9002') });
    }
    // Of a run that would not count, nothing more is asked.
    const open = withNewest({ changes: { jobs: null }, pullChanges: { mergedAt: null } });
    expect(await count(open)).toMatchObject({ streak: 6, runs: [{ treatment: 'excluded' }, ...six.map(() => ({}))] });
  });

  test('the job goes by the name that was asked for', async () => {
    const world = madeWorld(six.map((smoke) => ({ ...smoke, changes: { jobs: [job('🚀 e2e / lab (rke2)')] } })));
    expect(await count(world, [], { job: 'lab' })).toMatchObject({ streak: 6 });
    expect(await count(world, [], { job: '🚀 e2e / lab' })).toMatchObject({ streak: 6 });
    expect(await count(world)).toMatchObject({ streak: 0, incomplete: expect.stringContaining('--job') });
  });

  test('by the letter of the contract a squash is not on main, and an older head may be', async () => {
    const merges = 'merge-commits';
    expect(await count(withNewest({ by: 'squash' }), [], { merges })).toMatchObject({
      streak: 0,
      runs: [{ why: expect.stringMatching(/not reachable from main, and --merges merge-commits takes nothing else/) }],
    });
    const older = withNewest({ pullChanges: { headSha: madeSha('pushed later') } });
    expect(await count(older, [], { merges })).toMatchObject({ streak: 7 });
    // A base is always reachable and proves nothing.
    const base = withNewest({ changes: { headSha: madeSha('pull 106') }, ...headOf300 });
    expect(await count(base, [], { merges })).toMatchObject({ streak: 6 });
  });

  test('a pull request counts once, however often it was pushed to', async () => {
    const pushes = [2, 3, 4, 5, 6].map((run) => ({ pull: 101, run, changes: { headSha: String(run).repeat(40) } }));
    expect((await count(madeWorld([{ pull: 101, run: 1 }, ...pushes]))).streak).toBe(1);
  });
});

describe('an incomplete history', () => {
  const without = (...numbers: readonly number[]): World => {
    const world = madeWorld(greenSmokes(9));
    return { ...world, runs: world.runs.filter(({ number }) => !numbers.includes(number)) };
  };
  test('ends where a run is missing', async () => {
    expect(await count(without(4))).toMatchObject({
      streak: 5,
      incomplete: 'run number 4 is missing between run 9005 and run 9003: deleted, or not shown',
    });
  });
  test('ends before the oldest that is left', async () => {
    expect(await count(without(1, 2))).toMatchObject({
      streak: 7,
      incomplete: 'run numbers 1 to 2 are missing before run 9003',
    });
  });
  test('is complete where a run resets before', async () => {
    const world = madeWorld([
      ...greenSmokes(5),
      { pull: 300, run: 6, changes: { conclusion: 'failure' } },
      { pull: 301, run: 7 },
    ]);
    const { streak, incomplete, runs } = await count({
      ...world,
      runs: world.runs.filter(({ number }) => number !== 3),
    });
    expect({ streak, incomplete, looked: runs.length }).toEqual({ streak: 1, incomplete: undefined, looked: 2 });
  });
  test('nothing at all is a streak of none', async () => {
    expect(await count(madeWorld([]))).toEqual({ streak: 0, runs: [] });
  });
});
