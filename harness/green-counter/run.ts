import type { Job } from './jobs.ts';

/** A run of the smoke's workflow: its latest attempt, as GitHub tells of it. */
export interface WorkflowRun {
  readonly id: number;
  /** Counts up by one with every run of the workflow, whatever started it: a missing number is a missing run. */
  readonly number: number;
  readonly attempt: number;
  /** E.g. `pull_request_target`. */
  readonly event: string;
  /** E.g. `success`; null while the run goes on. */
  readonly conclusion: string | null;
  readonly headSha: string;
  /**
   * The commit that the run was for, as GitHub tells it beside `head_sha`. For `pull_request_target` that one may be the
   * base's (actions/checkout, unsafe-pr-checkout-helper.ts), and then runs of many pull requests share it.
   */
  readonly headCommit: string | undefined;
  /** Of the head; undefined where GitHub doesn't tell it any more. */
  readonly headBranch: string | undefined;
  /** Owner of the repository that the head is in, a fork's for example; undefined where that is gone. */
  readonly headOwner: string | undefined;
  readonly createdAt: string;
  /** Of the latest attempt. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Those GitHub still links to the run; it forgets them, so that none means nothing. */
  readonly pullRequests: readonly number[];
}

export interface PullRequest {
  readonly number: number;
  readonly mergedAt: string | null;
  readonly base: string;
  /** Of the head as it was at the merge. */
  readonly headSha: string;
  /** What the merge made on the base: a merge commit, the one commit of a squash, the last one of a rebase. */
  readonly mergeCommitSha: string | null;
}

/** Why a run was cancelled, as far as GitHub can show it. */
export type Cancellation =
  | { readonly by: 'person' | 'newer push'; readonly shown: string }
  | { readonly by: 'timeout' | 'unknown'; readonly shown: string };

/** What the rules need to know beside the runs. Each is asked for only where a rule depends on it. */
export interface Facts {
  /** The pull request that a run belongs to; undefined where GitHub knows none. */
  pullRequestOf(run: WorkflowRun): Promise<PullRequest | undefined>;
  /** All runs of the workflow on a commit. */
  runsOn(headSha: string): Promise<readonly WorkflowRun[]>;
  /** Whether every file that a pull request touches lies under `docs/` or is a `*.md`. */
  isDocsOnly(pullRequest: PullRequest): Promise<boolean>;
  isReachable(sha: string): Promise<boolean>;
  /** Whether a pull request has, or had, this commit. */
  isCommitOf(pullRequest: PullRequest, sha: string): Promise<boolean>;
  /** The tree of a commit; undefined where it can't be seen. */
  treeOf(sha: string): Promise<string | undefined>;
  /** The jobs of all attempts of a run; undefined where GitHub has them no more. */
  jobsOf(run: WorkflowRun): Promise<readonly Job[] | undefined>;
  /** By what is shown of these jobs. */
  cancellationOf(jobs: readonly Job[]): Promise<Cancellation>;
}

/** The event that the smoke runs under. */
export const smokeEvent = 'pull_request_target';
