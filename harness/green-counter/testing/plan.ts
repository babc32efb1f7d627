import fc from 'fast-check';
import type { MadePull, MadeRun, World } from '../../github/testing/world.ts';
import { madeBranch, madeMoment, madeSha } from '../../github/testing/world.ts';
import type { OperatorNote } from '../notes.ts';

/** A history in the words of the contract: what the model counts, and what a world is made of. */
export interface Plan {
  readonly pulls: readonly PlannedPull[];
  /** Oldest first: run number 1 is the first. */
  readonly runs: readonly PlannedRun[];
}

interface PlannedPull {
  readonly fate: 'merged' | 'open' | 'merged elsewhere';
  readonly docsOnly: boolean;
  /** Which of its heads are on main. The last one is the head that was merged. */
  readonly reachable: readonly [boolean, boolean];
  /** GitHub has forgotten the first head: a push had replaced it. */
  readonly forgotten: boolean;
}

interface PlannedRun {
  readonly pull: number;
  readonly head: 0 | 1;
  readonly event: 'pull_request_target' | 'workflow_dispatch';
  readonly conclusion: string | null;
  readonly cancelledBy: 'person' | 'newer push' | 'timeout' | 'nobody';
  readonly note: 'none' | 'same day' | 'another day';
  /** Days until it was run once more; 0: it never was. */
  readonly rerunAfter: number;
}

const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(usual, ...others) });

/** Mostly green histories, so that streaks get long, with everything else strewn in. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  pulls: fc.array(
    fc.record({
      fate: often<PlannedPull['fate']>('merged', 'open', 'merged elsewhere'),
      docsOnly: often(false, true),
      reachable: fc.tuple(often(true, false), often(true, false)),
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

/** The contract's rules over a plan: where the newest run that resets is, and how many pull requests are green since. */
export function modelStreak({ pulls, runs }: Plan): number {
  const of = (run: PlannedRun) =>
    pulls[run.pull] ?? { fate: 'open', docsOnly: false, reachable: [false, false], forgotten: false };
  const startOf = (index: number) => index + (runs[index]?.rerunAfter ?? 0);
  const isSmoke = (run: PlannedRun) => run.event === 'pull_request_target';
  const isReplaced = (run: PlannedRun, index: number) =>
    runs.some(
      (other, at) =>
        at !== index &&
        isSmoke(other) &&
        other.pull === run.pull &&
        other.head === run.head &&
        (startOf(at) > startOf(index) || (startOf(at) === startOf(index) && at > index)),
    );
  const isJudged = (run: PlannedRun, index: number) =>
    isSmoke(run) && of(run).fate === 'merged' && !of(run).docsOnly && !isReplaced(run, index);
  const isGreen = (run: PlannedRun) => run.conclusion === 'success' && of(run).reachable[run.head];
  const isLeftOut = (run: PlannedRun) =>
    run.conclusion === 'skipped' ||
    (run.conclusion === 'cancelled' && ['person', 'newer push'].includes(run.cancelledBy)) ||
    (run.conclusion === 'failure' && run.note === 'same day') ||
    (run.conclusion === 'success' && run.head === 0 && !of(run).reachable[0]);
  const judged = runs.flatMap((run, index) => (isJudged(run, index) ? [run] : []));
  const resetAt = judged.findLastIndex((run) => !isGreen(run) && !isLeftOut(run));
  return new Set(judged.slice(resetAt + 1).flatMap((run) => (isGreen(run) ? [run.pull] : []))).size;
}

/** The same history as GitHub would hold it. */
export function worldOf({ pulls, runs }: Plan): World {
  const head = (pull: number, index: number) => madeSha(`pull ${pull} head ${index}`);
  return {
    repo: 'example/meho',
    workflow: 'pr-smoke.yml',
    runs: runs.map((run, index): MadeRun => {
      const started = index + 1 + run.rerunAfter;
      return {
        id: 9001 + index,
        number: index + 1,
        attempt: run.rerunAfter > 0 ? 2 : 1,
        event: run.event,
        conclusion: run.conclusion,
        headSha: head(run.pull, run.head),
        branch: madeBranch(run.pull + 1),
        startedAt: madeMoment(started),
        updatedAt: madeMoment(started, 7),
        pullRequests: index % 3 === 0 ? [run.pull + 1] : [],
        annotations: annotations[run.cancelledBy],
      };
    }),
    pulls: pulls.map(
      ({ fate, docsOnly, forgotten }, pull): MadePull => ({
        number: pull + 1,
        mergedAt: fate === 'open' ? null : madeMoment(60),
        base: fate === 'merged elsewhere' ? 'release' : 'main',
        headSha: head(pull, 1),
        commits: [...(forgotten ? [] : [head(pull, 0)]), head(pull, 1)],
        files: docsOnly ? [{ filename: 'docs/a/b.png' }, { filename: 'src/README.md' }] : [{ filename: 'docs.py' }],
      }),
    ),
    main: new Set(
      pulls.flatMap(({ reachable }, pull) =>
        reachable.flatMap((isThere, index) => (isThere ? [head(pull, index)] : [])),
      ),
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
            date: madeMoment(day).slice(0, 10),
            infrastructure: 'registry' as const,
            cause: 'the registry was down',
          },
        ];
  });
}
