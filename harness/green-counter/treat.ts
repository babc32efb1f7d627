import { isOfTheSameDay, type OperatorNote } from './notes.ts';
import { type Facts, type PullRequest, smokeEvent, type WorkflowRun } from './run.ts';

export type Treatment = 'counts' | 'excluded' | 'resets';

/** What became of a run, and why: one line of `--explain` and one entry of the evidence. */
export interface Treated {
  readonly run: WorkflowRun;
  readonly pullRequest: number | undefined;
  readonly treatment: Treatment;
  readonly why: string;
}

export interface Rules {
  /** The branch that pull requests are merged into. */
  readonly branch: string;
  readonly notes: readonly OperatorNote[];
}

/**
 * Applies the rules of contract.md, "green counter", to one run. What is not named there as counting or as excluded
 * resets.
 *
 * @param counted pull requests that count by a newer run: each counts once, because it is five merged pull requests in
 *   a row that are promised (seed, "Acceptance contracts", bullet 4), not five pushes
 */
export async function treat(
  run: WorkflowRun,
  facts: Facts,
  { branch, notes }: Rules,
  counted: ReadonlyMap<number, WorkflowRun>,
): Promise<Treated> {
  if (run.event !== smokeEvent) {
    return excluded(run, undefined, `started by ${run.event}, not for a pull request by ${smokeEvent}`);
  }
  const pullRequest = await facts.pullRequestOf(run);
  if (pullRequest === undefined) {
    return excluded(run, undefined, `its commit belongs to no pull request that was merged`);
  }
  if (pullRequest.mergedAt === null) {
    return excluded(run, pullRequest, `#${pullRequest.number} is not merged`);
  }
  if (pullRequest.base !== branch) {
    return excluded(run, pullRequest, `#${pullRequest.number} was merged into ${pullRequest.base}, not ${branch}`);
  }
  const latest = latestAttempt(run, await facts.runsOn(run.headSha));
  if (latest.id !== run.id) {
    return excluded(run, pullRequest, `run ${latest.id} is the latest attempt at the same head`);
  }
  if (await facts.isDocsOnly(pullRequest)) {
    return excluded(run, pullRequest, `#${pullRequest.number} touches documentation only`);
  }
  return byConclusion(latest, pullRequest, { facts, branch, notes, counted });
}

/** Of the runs at one head the one that was started last, be it by a re-run. */
function latestAttempt(run: WorkflowRun, others: readonly WorkflowRun[]): WorkflowRun {
  return others
    .filter((other) => other.event === smokeEvent && isAtHeadOf(run, other))
    .reduce((latest, other) => {
      const difference = Date.parse(other.startedAt) - Date.parse(latest.startedAt);
      const isLater = difference > 0 || (difference === 0 && other.number > latest.number);
      // The same run, told anew: a re-run may have begun since the list was read.
      return isLater || (other.id === latest.id && other.attempt >= latest.attempt) ? other : latest;
    }, run);
}

/** A commit that another branch has as well is that branch's pull request's. */
function isAtHeadOf(run: WorkflowRun, { headBranch, headOwner, headCommit }: WorkflowRun): boolean {
  return headBranch === run.headBranch && headOwner === run.headOwner && headCommit === run.headCommit;
}

interface Knowledge {
  readonly facts: Facts;
  readonly branch: string;
  readonly notes: readonly OperatorNote[];
  readonly counted: ReadonlyMap<number, WorkflowRun>;
}

async function byConclusion(run: WorkflowRun, pullRequest: PullRequest, known: Knowledge): Promise<Treated> {
  switch (run.conclusion) {
    case 'success':
      return success(run, pullRequest, known);
    case 'skipped':
      return excluded(run, pullRequest, 'skipped by the auth gate');
    case 'cancelled': {
      const { by, shown } = await known.facts.cancellationOf(run);
      return by === 'person' || by === 'newer push'
        ? excluded(run, pullRequest, `cancelled by a ${by} (${shown})`)
        : resets(run, pullRequest, by === 'timeout' ? `timed out (${shown})` : `cancelled, and ${shown}`);
    }
    case 'failure':
      return failure(run, pullRequest, known.notes);
    case null:
      return resets(run, pullRequest, 'it has no conclusion yet');
    default:
      return resets(run, pullRequest, `it ended with ${run.conclusion}`);
  }
}

async function success(
  run: WorkflowRun,
  pullRequest: PullRequest,
  { facts, branch, counted }: Knowledge,
): Promise<Treated> {
  const { number } = pullRequest;
  if (!(await facts.isReachable(run.headSha))) {
    const head = short(run.headSha);
    return run.headSha === pullRequest.headSha
      ? resets(
          run,
          pullRequest,
          `${head}, the head of #${number}, is not reachable from ${branch}: what was smoked is not what was merged`,
        )
      : excluded(run, pullRequest, `${head} was replaced in #${number} before the merge`);
  }
  const newer = counted.get(number);
  return newer === undefined
    ? { run, pullRequest: number, treatment: 'counts', why: `#${number} was merged and its smoke is green` }
    : excluded(run, pullRequest, `#${number} counts already, by run ${newer.id}`);
}

function failure(run: WorkflowRun, pullRequest: PullRequest, notes: readonly OperatorNote[]): Treated {
  const note = notes.find((candidate) => candidate.run === run.id);
  if (note === undefined) {
    return resets(run, pullRequest, 'it failed, and no operator note names an infrastructure cause');
  }
  return isOfTheSameDay(note, run)
    ? excluded(run, pullRequest, `failed by ${note.infrastructure}, as an operator noted the same day: ${note.cause}`)
    : resets(run, pullRequest, `it failed, and the operator note about it is of another day, ${note.date}`);
}

function excluded(run: WorkflowRun, pullRequest: PullRequest | undefined, why: string): Treated {
  return { run, pullRequest: pullRequest?.number, treatment: 'excluded', why };
}

function resets(run: WorkflowRun, pullRequest: PullRequest, why: string): Treated {
  return { run, pullRequest: pullRequest.number, treatment: 'resets', why };
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
