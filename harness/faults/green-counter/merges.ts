import { type FakeJob, type FakeRepository, fakeSha } from '@meho/green-counter/github/testing/fake-repository';
import type { BareContext, Fault } from '../fault.ts';
import { fault, healthyWorld, newer, retold } from './healthy.ts';

const job = (name: string, conclusion = 'success', attempt = 1): FakeJob => ({ name, conclusion, attempt });

/** As in a repository that only squashes. */
const squashed: FakeRepository = {
  ...healthyWorld,
  main: new Set(healthyWorld.pulls.flatMap(({ mergeCommitSha }) => (mergeCommitSha === null ? [] : [mergeCommitSha]))),
};

const red = (
  id: string,
  title: string,
  says: RegExp,
  fake: FakeRepository,
  flags: Readonly<Record<string, string>> = {},
): Fault<BareContext> => fault({ id, title, says, flags }, { repository: () => fake });

/** Runs that are green to GitHub, but not by their smoke job or merged commit. */
export const merges: readonly Fault<BareContext>[] = [
  red(
    'smoke-red-and-allowed',
    'the job that smokes failed and was allowed to',
    /run 9012 of #301.*the run is green, but its job "smoke" failed/,
    newer({ changes: { jobs: [job('build'), job('smoke', 'failure')] } }),
  ),
  red(
    'leg-red-behind-hundred',
    'one of 140 legs failed and was allowed to',
    /run 9012 of #301.*its job "smoke" failed/,
    newer({
      changes: {
        jobs: Array.from({ length: 140 }, (_, at) => job(`smoke (${at})`, at === 130 ? 'failure' : 'success')),
      },
    }),
  ),
  red('smoke-skipped', 'four of six were skipped behind a gate in a green run', /^streak: 2, since the first run/, {
    ...healthyWorld,
    runs: healthyWorld.runs.map((run) =>
      [2, 4, 7, 11].includes(run.number) ? { ...run, jobs: [job('gate'), job('smoke', 'skipped')] } : run,
    ),
  }),
  red(
    'failure-behind-a-skip',
    'a smoke failed, and a later run on the same head skipped it',
    /run 9012 of #301.*it failed/,
    newer(
      { pull: 301, changes: { conclusion: 'failure' } },
      { pull: 301, changes: { jobs: [job('gate'), job('smoke', 'skipped')] } },
    ),
  ),
  red(
    'squash-taken-back',
    'main was forced back to before the squash',
    /the head of #301, is not reachable from main, and neither is its merge commit/,
    newer({ reachable: false }),
  ),
  red(
    'smoked-before-the-last-push',
    'five of six were smoked at a head that a push replaced, and main has both',
    /^streak: 1, since the first run/,
    {
      ...healthyWorld,
      pulls: healthyWorld.pulls.map((pull) =>
        [101, 102, 103, 104, 105].includes(pull.number) ? { ...pull, headSha: fakeSha(`later ${pull.number}`) } : pull,
      ),
    },
  ),
  red(
    'squash-by-the-letter',
    'a squash, where only merge commits are taken',
    /0; before that run 9011 of #106/,
    squashed,
    {
      merges: 'merge-commits',
    },
  ),
];

/** The same guarantees, met in another way. */
export const harmlessHistory: readonly {
  readonly id: string;
  readonly title: string;
  readonly fake: () => FakeRepository;
  readonly flags?: Readonly<Record<string, string>>;
}[] = [
  { id: 'squashed', title: 'a repository that merges by squash alone', fake: () => squashed },
  {
    id: 'rerun-of-others',
    title: 'another job was run again, which leaves the smoke in the first attempt',
    fake: () => retold(11, { attempt: 2, jobs: [job('smoke'), job('docs', 'failure'), job('docs', 'success', 2)] }),
  },
  {
    id: 'called-and-legs',
    title: 'the smoke is in a called workflow, in legs, under a name of its own',
    fake: () => ({
      ...healthyWorld,
      runs: healthyWorld.runs.map((run) => ({
        ...run,
        jobs: [job('gate'), job('🚀 lab (a / b) / e2e (1.33, x)', run.conclusion ?? 'failure', run.attempt)],
      })),
    }),
    flags: { job: '🚀 lab / e2e' },
  },
];
