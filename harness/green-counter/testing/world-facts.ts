import { annotatedJob, madeBranch, madeJobs, madeTree, type World } from '../../github/testing/world.ts';
import { cancellationShown, isDocumentation } from '../github-facts.ts';
import type { Facts, WorkflowRun } from '../run.ts';

/** The facts of a made-up world without GitHub's wire in between. */
export function factsOf(world: World): Facts & { runs(): AsyncGenerator<WorkflowRun> } {
  const all = world.runs.map(
    (run): WorkflowRun => ({
      ...run,
      headCommit: run.headCommit ?? run.headSha,
      headBranch: run.branch,
      headOwner: world.repo.split('/')[0],
      createdAt: run.startedAt,
    }),
  );
  return {
    async *runs() {
      yield* all.toSorted((a, b) => b.number - a.number);
    },
    pullRequestOf: async ({ headSha, headBranch }) =>
      world.pulls.find(({ number }) => headBranch === madeBranch(number)) ??
      world.pulls.find(({ commits }) => commits.includes(headSha)),
    runsOn: async (headSha) => all.filter((run) => run.headSha === headSha),
    isDocsOnly: async ({ number }) => {
      const files = world.pulls.find((pull) => pull.number === number)?.files ?? [];
      return files.length > 0 && files.every(({ filename }) => isDocumentation(filename));
    },
    isReachable: async (sha) => world.main.has(sha),
    isCommitOf: async ({ number }, sha) =>
      world.pulls.some((pull) => pull.number === number && pull.commits.includes(sha)),
    treeOf: async (sha) => madeTree(world, sha),
    jobsOf: async ({ id }) => {
      const run = world.runs.find((each) => each.id === id);
      return run === undefined || run.jobs === null ? undefined : madeJobs(run);
    },
    cancellationOf: async (jobs) =>
      cancellationShown(
        world.runs
          .filter((run) => jobs.some(({ id }) => id === annotatedJob(run)?.id))
          .flatMap(({ annotations }) => annotations),
      ),
  };
}
