import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countByGithub } from './ask.ts';
import { Github } from './github/client.ts';
import { fakeGithub, fakeToken } from './github/testing/fake-github.ts';
import { fakeRepository, greenSmokes } from './github/testing/fake-repository.ts';
import { count, rules } from './testing/count-fake.ts';
import { modelStreak, notesOf, type Plan, plannedPull, plannedRun, plans, repositoryOf } from './testing/plan.ts';

describe('against the model', () => {
  test('any history has the streak that the model gives it', async () => {
    let longest = 0;
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { streak, incomplete } = await count(repositoryOf(plan), notesOf(plan), { merges: plan.merges });
        expect({ streak, incomplete: incomplete !== undefined }).toEqual(modelStreak(plan));
        longest = Math.max(longest, streak);
      }),
      { numRuns: 1000 },
    );
    // Red histories alone would show nothing.
    expect(longest).toBeGreaterThanOrEqual(5);
  });

  test('also over the wire, in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 30 }), async (plan, pageLimit) => {
        const fake = repositoryOf(plan);
        await using server = await fakeGithub({ repository: () => fake, pageLimit });
        using github = new Github({
          apiUrl: new URL(server.url),
          token: fakeToken,
          deadlineMs: 5000,
          rateLimitPatienceMs: 0,
          signal: AbortSignal.timeout(30_000),
        });
        const { repo, workflow } = fake;
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
    const fake = fakeRepository(greenSmokes(5).map((smoke) => ({ ...smoke, changes: { attempt: 2, jobs } })));
    await using server = await fakeGithub({ repository: () => fake });
    using github = new Github({
      apiUrl: new URL(server.url),
      token: fakeToken,
      deadlineMs: 5000,
      rateLimitPatienceMs: 0,
      signal: AbortSignal.timeout(30_000),
    });
    const { repo, workflow } = fake;
    expect(await countByGithub({ github, repo, workflow, ...rules })).toMatchObject({ streak: 5 });
  });

  test('a clone that was not fetched for a while takes nothing away, and saves questions where it knows', async () => {
    const fake = fakeRepository(greenSmokes(6));
    const known = new Set(fake.runs.slice(0, 3).map(({ headSha }) => headSha));
    await using server = await fakeGithub({ repository: () => fake });
    using github = new Github({
      apiUrl: new URL(server.url),
      token: fakeToken,
      deadlineMs: 5000,
      rateLimitPatienceMs: 0,
      signal: AbortSignal.timeout(30_000),
    });
    const reachability = async (headSha: string) => known.has(headSha);
    const { repo, workflow } = fake;
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
  const streakOf = async (plan: Plan) =>
    (await count(repositoryOf(plan), notesOf(plan), { merges: plan.merges })).streak;

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
