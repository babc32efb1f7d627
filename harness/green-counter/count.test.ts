import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Github } from '../github/client.ts';
import { fakeGithub, fakeToken } from '../github/testing/fake-github.ts';
import { greenSmokes, type MadeSmoke, madeMoment, madeWorld, type World } from '../github/testing/world.ts';
import { countByGithub } from './ask.ts';
import { countStreak } from './count.ts';
import type { OperatorNote } from './notes.ts';
import { modelStreak, notesOf, type Plan, plans, worldOf } from './testing/plan.ts';
import { factsOf } from './testing/world-facts.ts';

const count = (world: World, notes: readonly OperatorNote[] = []) => {
  const facts = factsOf(world);
  return countStreak(facts.runs(), facts, { branch: 'main', notes });
};

describe('against the model', () => {
  test('any history has the streak that the model gives it', async () => {
    let longest = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { streak, incomplete } = await count(worldOf(plan), notesOf(plan));
        expect({ streak, incomplete }).toEqual({ streak: modelStreak(plan), incomplete: undefined });
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
        const found = await countByGithub({ github, repo, workflow, branch: 'main', notes: notesOf(plan) });
        expect(found).toMatchObject({ streak: modelStreak(plan) });
      }),
      { numRuns: 15 },
    );
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
    expect(await countByGithub({ github, repo, workflow, branch: 'main', notes: [], reachability })).toMatchObject({
      streak: 6,
    });
    expect(server.log.filter(({ target }) => target.includes('/compare/'))).toHaveLength(3);
  });

  const later = (plan: Plan, run: Partial<Plan['runs'][number]>, pull: Partial<Plan['pulls'][number]> = {}): Plan => ({
    pulls: [...plan.pulls, { fate: 'merged', docsOnly: false, reachable: [true, true], forgotten: false, ...pull }],
    runs: [
      ...plan.runs,
      {
        pull: plan.pulls.length,
        head: 1,
        event: 'pull_request_target',
        conclusion: 'success',
        cancelledBy: 'nobody',
        note: 'none',
        rerunAfter: 0,
        ...run,
      },
    ],
  });
  const streakOf = async (plan: Plan) => (await count(worldOf(plan), notesOf(plan))).streak;

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
