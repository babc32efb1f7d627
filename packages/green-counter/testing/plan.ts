import fc from 'fast-check';
import type { FakeJob, FakePull, FakeRepository, FakeRun } from '../github/testing/fake-repository.ts';
import { fakeBranch, fakeMergeSha, fakeSha, fakeTime } from '../github/testing/fake-repository.ts';
import type { OperatorNote } from '../notes.ts';

/** In the contract's words, for the model and the fake. */
export interface Plan {
  readonly merges: 'any' | 'merge-commits';
  readonly pulls: readonly PlannedPull[];
  /** Oldest first, from run number 1. */
  readonly runs: readonly PlannedRun[];
}

interface PlannedPull {
  readonly fate: 'merged' | 'open' | 'merged elsewhere';
  readonly docsOnly: boolean;
  /** `taken back`: removed from main by a forced push. */
  readonly merge: 'merge commit' | 'squash' | 'taken back';
  /** The first head is an ancestor of the merged one. */
  readonly keptFirst: boolean;
  /** A push replaced the first head, and GitHub forgot it. */
  readonly forgotten: boolean;
}

interface PlannedRun {
  readonly pull: number;
  /** 1 is the merged head. */
  readonly head: 0 | 1;
  readonly event: 'pull_request_target' | 'workflow_dispatch';
  readonly conclusion: string | null;
  /** The smoke job's outcome in a successful run. */
  readonly smoke: keyof typeof smokes;
  readonly cancelledBy: 'person' | 'newer push' | 'timeout' | 'nobody';
  readonly note: 'none' | 'same day' | 'another day';
  /** Days until a re-run; 0: none. */
  readonly rerunAfter: number;
}

/** Of a green run. `first` is the attempt before the last. */
const smokes = {
  'as the run': { outcome: 'green', jobs: () => undefined },
  'in a called workflow': { outcome: 'green', jobs: () => [ran('gate'), ran('lab / smoke')] },
  'in every leg': { outcome: 'green', jobs: () => [ran('smoke (a, x / y)'), ran('lab (1) / smoke (b, x / y)')] },
  'in an earlier attempt': { outcome: 'green', jobs: () => [ran('build'), { ...ran('smoke'), attempt: 1 }] },
  'not in the first attempt': {
    outcome: 'green',
    jobs: (last) => (last === 1 ? undefined : [{ ...ran('smoke', 'skipped'), attempt: 1 }, ran('smoke (a)')]),
  },
  'behind the gate': { outcome: 'skipped', jobs: () => [ran('gate'), ran('smoke', 'skipped')] },
  'in one leg alone': { outcome: 'skipped', jobs: () => [ran('a / smoke'), ran('b / smoke', 'skipped')] },
  'not in the last attempt': {
    outcome: 'skipped',
    jobs: (last) => [...(last === 1 ? [] : [{ ...ran('smoke (a)'), attempt: 1 }]), ran('smoke', 'skipped')],
  },
  'red and allowed': { outcome: 'failure', jobs: () => [ran('build'), ran('smoke (a)'), ran('smoke (b)', 'failure')] },
  'timed out and allowed': { outcome: 'timed_out', jobs: () => [ran('smoke', 'timed_out')] },
  'by another name': { outcome: 'absent', jobs: () => [ran('smoke-test'), ran('smoke / cleanup'), ran('Smoke')] },
  forgotten: { outcome: 'absent', jobs: () => null },
} as const satisfies Readonly<
  Record<string, { readonly outcome: string; readonly jobs: (last: number) => FakeRun['jobs'] | undefined }>
>;

function ran(name: string, conclusion = 'success'): FakeJob {
  return { name, conclusion };
}

const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(usual, ...others) });

/** Mostly green, so that streaks get long. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  merges: fc.constantFrom<Plan['merges']>('any', 'any', 'merge-commits'),
  pulls: fc.array(
    fc.record({
      fate: often<PlannedPull['fate']>('merged', 'open', 'merged elsewhere'),
      docsOnly: often(false, true),
      merge: often<PlannedPull['merge']>('merge commit', 'squash', 'squash', 'taken back'),
      keptFirst: often(true, false),
      forgotten: often(false, true),
    }),
    { minLength: 12, maxLength: 12 },
  ),
  runs: fc.array(
    fc.record({
      pull: fc.nat(11),
      head: fc.constantFrom<0 | 1>(0, 1, 1),
      event: often<PlannedRun['event']>('pull_request_target', 'workflow_dispatch'),
      conclusion: often<string | null>('success', ...conclusions()),
      smoke: often<PlannedRun['smoke']>('as the run', ...(Object.keys(smokes) as (keyof typeof smokes)[])),
      cancelledBy: fc.constantFrom<PlannedRun['cancelledBy']>('person', 'newer push', 'timeout', 'nobody'),
      note: often<PlannedRun['note']>('none', 'same day', 'another day'),
      rerunAfter: often(0, 1, 3),
    }),
    { maxLength: 24 },
  ),
});

function conclusions(): readonly (string | null)[] {
  return ['failure', 'cancelled', 'skipped', 'timed_out', 'action_required', 'stale', 'neutral', null];
}

/** Merged by a merge commit, for tests to vary. */
export const plannedPull: PlannedPull = {
  fate: 'merged',
  docsOnly: false,
  merge: 'merge commit',
  keptFirst: true,
  forgotten: false,
};

/** Smokes the last pull request's merged head. */
export function plannedRun(pulls: number): PlannedRun {
  return {
    pull: pulls - 1,
    head: 1,
    event: 'pull_request_target',
    conclusion: 'success',
    smoke: 'as the run',
    cancelledBy: 'nobody',
    note: 'none',
    rerunAfter: 0,
  };
}

/** Green pull requests since the last reset, and whether an unreadable run came first. */
export function modelStreak({ merges, pulls, runs }: Plan): { readonly streak: number; readonly incomplete: boolean } {
  const of = (run: PlannedRun) => pulls[run.pull] ?? { ...plannedPull, fate: 'open' as const };
  const outcomeOf = (run: PlannedRun) => (run.conclusion === 'success' ? smokes[run.smoke].outcome : run.conclusion);
  const startOf = (index: number) => index + (runs[index]?.rerunAfter ?? 0);
  const isSmoke = (run: PlannedRun) => run.event === 'pull_request_target';
  const isReplaced = (run: PlannedRun, index: number) =>
    runs.some(
      (other, at) =>
        at !== index &&
        isSmoke(other) &&
        outcomeOf(other) !== 'skipped' &&
        other.pull === run.pull &&
        other.head === run.head &&
        (startOf(at) > startOf(index) || (startOf(at) === startOf(index) && at > index)),
    );
  const isJudged = (run: PlannedRun, index: number) =>
    isSmoke(run) && of(run).fate === 'merged' && !of(run).docsOnly && !isReplaced(run, index);
  const isTaken = (run: PlannedRun) =>
    run.head === 1
      ? of(run).merge === 'merge commit' || (of(run).merge === 'squash' && merges === 'any')
      : merges === 'merge-commits' && isFirstOnMain(of(run)) && !of(run).forgotten;
  const verdictOf = (run: PlannedRun): 'green' | 'out' | 'unread' | 'reset' => {
    const outcome = outcomeOf(run);
    if (outcome === 'green' || outcome === 'absent') {
      return isTaken(run) ? (outcome === 'green' ? 'green' : 'unread') : run.head === 0 ? 'out' : 'reset';
    }
    const isExcused =
      outcome === 'skipped' ||
      (outcome === 'cancelled' && ['person', 'newer push'].includes(run.cancelledBy)) ||
      (outcome === 'failure' && run.note === 'same day');
    return isExcused ? 'out' : 'reset';
  };
  const green = new Set<number>();
  for (const run of runs.filter(isJudged).toReversed()) {
    const verdict = verdictOf(run);
    // A counted pull request only needs to be not red.
    const isCounted = green.has(run.pull) && ['green', 'absent'].includes(String(outcomeOf(run)));
    if (!isCounted && (verdict === 'reset' || verdict === 'unread')) {
      return { streak: green.size, incomplete: verdict === 'unread' };
    }
    if (verdict === 'green') {
      green.add(run.pull);
    }
  }
  return { streak: green.size, incomplete: false };
}

function isFirstOnMain({ merge, keptFirst }: PlannedPull): boolean {
  return merge === 'merge commit' && keptFirst;
}

export function repositoryOf({ pulls, runs }: Plan): FakeRepository {
  const head = (pull: number, index: number) => fakeSha(`pull ${pull} head ${index}`);
  return {
    repo: 'example/meho',
    workflow: 'pr-smoke.yml',
    runs: runs.map((run, index): FakeRun => {
      const started = index + 1 + run.rerunAfter;
      const attempt = run.rerunAfter > 0 ? 2 : 1;
      const jobs = run.conclusion === 'success' ? smokes[run.smoke].jobs(attempt) : undefined;
      return {
        id: 9001 + index,
        number: index + 1,
        attempt,
        event: run.event,
        conclusion: run.conclusion,
        headSha: head(run.pull, run.head),
        branch: fakeBranch(run.pull + 1),
        startedAt: fakeTime(started),
        updatedAt: fakeTime(started, 7),
        pullRequests: index % 3 === 0 ? [run.pull + 1] : [],
        annotations: annotations[run.cancelledBy],
        ...(jobs === undefined ? {} : { jobs }),
      };
    }),
    pulls: pulls.map(
      ({ fate, docsOnly, forgotten }, pull): FakePull => ({
        number: pull + 1,
        mergedAt: fate === 'open' ? null : fakeTime(60),
        base: fate === 'merged elsewhere' ? 'release' : 'main',
        headSha: head(pull, 1),
        mergeCommitSha: fakeMergeSha(pull + 1),
        baseMoved: pull % 2 === 0,
        commits: [...(forgotten ? [] : [head(pull, 0)]), head(pull, 1)],
        files: docsOnly ? [{ filename: 'docs/a/b.png' }, { filename: 'src/README.md' }] : [{ filename: 'docs.py' }],
      }),
    ),
    main: new Set(
      pulls.flatMap((planned, pull) => [
        ...(isFirstOnMain(planned) ? [head(pull, 0)] : []),
        ...(planned.merge === 'merge commit' ? [head(pull, 1)] : []),
        ...(planned.merge === 'taken back' ? [] : [fakeMergeSha(pull + 1)]),
      ]),
    ),
  };
}

const annotations: Readonly<Record<PlannedRun['cancelledBy'], readonly string[]>> = {
  person: ['The run was canceled by @operator.', 'The operation was canceled.'],
  'newer push': ["Canceling since a higher priority waiting request for 'pr-smoke-7' exists"],
  timeout: ['The job has exceeded the maximum execution time of 12m0s', 'The operation was canceled.'],
  nobody: ['The operation was canceled.'],
};

export function notesOf({ runs }: Plan): readonly OperatorNote[] {
  return runs.flatMap(({ note, rerunAfter }, index) => {
    const day = index + 1 + rerunAfter + (note === 'same day' ? 0 : 1);
    return note === 'none'
      ? []
      : [
          {
            run: 9001 + index,
            date: fakeTime(day).slice(0, 10),
            infrastructure: 'registry' as const,
            cause: 'the registry was down',
          },
        ];
  });
}
