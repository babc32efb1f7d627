import type { Job } from './jobs.ts';

/** As of its latest attempt. */
export interface WorkflowRun {
  readonly id: number;
  /** Over all the workflow's runs: a gap is a missing one. */
  readonly number: number;
  readonly attempt: number;
  /** E.g. `pull_request_target`. */
  readonly event: string;
  /** E.g. `success`; null while running. */
  readonly conclusion: string | null;
  readonly headSha: string;
  /**
   * Beside `head_sha`, which for `pull_request_target` may be the base's, shared by many pull requests
   * (actions/checkout, unsafe-pr-checkout-helper.ts).
   */
  readonly headCommit: string | undefined;
  /** Undefined if GitHub forgot it. */
  readonly headBranch: string | undefined;
  /** E.g. of a fork; undefined if the repository is gone. */
  readonly headOwner: string | undefined;
  readonly createdAt: string;
  /** Of the latest attempt. */
  readonly startedAt: string;
  readonly updatedAt: string;
  /** Those still linked; GitHub forgets them, so none proves nothing. */
  readonly pullRequests: readonly number[];
}

export interface PullRequest {
  readonly number: number;
  readonly mergedAt: string | null;
  readonly base: string;
  /** At the merge. */
  readonly headSha: string;
  /** A merge commit, a squash's only commit, a rebase's last. */
  readonly mergeCommitSha: string | null;
}

/** As far as GitHub shows. */
export type Cancellation =
  | { readonly by: 'person' | 'newer push'; readonly shown: string }
  | { readonly by: 'timeout' | 'unknown'; readonly shown: string };

/** Requested only where a rule depends on it. */
export interface Facts {
  /** Undefined if GitHub knows none. */
  pullRequestOf(run: WorkflowRun): Promise<PullRequest | undefined>;
  runsOn(headSha: string): Promise<readonly WorkflowRun[]>;
  /** Whether it touches only `docs/` and `*.md`. */
  isDocsOnly(pullRequest: PullRequest): Promise<boolean>;
  isReachable(sha: string): Promise<boolean>;
  isCommitOf(pullRequest: PullRequest, sha: string): Promise<boolean>;
  /** Undefined if unknown. */
  treeOf(sha: string): Promise<string | undefined>;
  /** Of all attempts; undefined if GitHub no longer has them. */
  jobsOf(run: WorkflowRun): Promise<readonly Job[] | undefined>;
  /** From their annotations. */
  cancellationOf(jobs: readonly Job[]): Promise<Cancellation>;
}

export const smokeEvent = 'pull_request_target';
