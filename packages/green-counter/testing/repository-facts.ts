import {
  annotatedJob,
  type FakeRepository,
  fakeBranch,
  fakeJobs,
  fakeTreeSha,
} from '../github/testing/fake-repository.ts';
import { cancellationOf, isDocumentation } from '../github-facts.ts';
import type { Facts, WorkflowRun } from '../run.ts';

/** The facts of a fake repository, without HTTP. */
export function factsOf(fake: FakeRepository): Facts & { runs(): AsyncGenerator<WorkflowRun> } {
  const all = fake.runs.map(
    (run): WorkflowRun => ({
      ...run,
      headCommit: run.headCommit ?? run.headSha,
      headBranch: run.branch,
      headOwner: fake.repo.split('/')[0],
      createdAt: run.startedAt,
    }),
  );
  return {
    async *runs() {
      yield* all.toSorted((a, b) => b.number - a.number);
    },
    pullRequestOf: async ({ headSha, headBranch }) =>
      fake.pulls.find(({ number }) => headBranch === fakeBranch(number)) ??
      fake.pulls.find(({ commits }) => commits.includes(headSha)),
    runsOn: async (headSha) => all.filter((run) => run.headSha === headSha),
    isDocsOnly: async ({ number }) => {
      const files = fake.pulls.find((pull) => pull.number === number)?.files ?? [];
      return files.length > 0 && files.every(({ filename }) => isDocumentation(filename));
    },
    isReachable: async (sha) => fake.main.has(sha),
    isCommitOf: async ({ number }, sha) =>
      fake.pulls.some((pull) => pull.number === number && pull.commits.includes(sha)),
    treeOf: async (sha) => fakeTreeSha(fake, sha),
    jobsOf: async ({ id }) => {
      const run = fake.runs.find((each) => each.id === id);
      return run === undefined || run.jobs === null ? undefined : fakeJobs(run);
    },
    cancellationOf: async (jobs) =>
      cancellationOf(
        fake.runs
          .filter((run) => jobs.some(({ id }) => id === annotatedJob(run)?.id))
          .flatMap(({ annotations }) => annotations),
      ),
  };
}
