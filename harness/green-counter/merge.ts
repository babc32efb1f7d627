import type { Facts, PullRequest, WorkflowRun } from './run.ts';

/** Which merges a smoke counts for: `any` in which the smoked head is what was merged, or by the letter of the contract. */
export type Merges = 'any' | 'merge-commits';

/** Why a green smoke is one of what was merged. */
export interface Admission {
  readonly rule: 'head on branch' | 'merge commit on branch';
  readonly mergeCommit: string | null;
  /** Whether the branch had got something else before the merge; undefined where that can't be seen. */
  readonly branchMoved: boolean | undefined;
}

export type Admitted =
  | { readonly admission: Admission }
  /** Of a head that isn't the one that was merged. */
  | { readonly replaced: string }
  /** Of the head that was merged, and the branch hasn't got it. */
  | { readonly lost: string };

/**
 * Whether the smoked head is what was merged. A merge commit brings the head itself to the branch. A squash or a rebase
 * doesn't: there it is the pull request's head, which GitHub leaves as it was at the merge, that has to be the smoked
 * one, and the commit that the merge made that has to be on the branch.
 */
export async function admit(
  run: WorkflowRun,
  pullRequest: PullRequest,
  facts: Facts,
  { branch, merges }: { readonly branch: string; readonly merges: Merges },
): Promise<Admitted> {
  const { number, headSha: merged, mergeCommitSha } = pullRequest;
  // For `pull_request_target` head_sha may be the base's, which is reachable whatever was smoked.
  const isMergedHead = merged === run.headSha || merged === run.headCommit;
  if (!isMergedHead) {
    const smoked = run.headCommit ?? run.headSha;
    const isLiteral = merges === 'merge-commits' && (await facts.isReachable(smoked));
    return isLiteral && (await facts.isCommitOf(pullRequest, smoked))
      ? { admission: await admission('head on branch', smoked, pullRequest, facts) }
      : { replaced: `${short(smoked)} was replaced in #${number} before the merge, which took ${short(merged)}` };
  }
  if (await facts.isReachable(merged)) {
    return { admission: await admission('head on branch', merged, pullRequest, facts) };
  }
  const unreachable = `${short(merged)}, the head of #${number}, is not reachable from ${branch}`;
  if (merges === 'merge-commits') {
    return { lost: `${unreachable}, and --merges merge-commits takes nothing else` };
  }
  if (mergeCommitSha === null) {
    return { lost: `${unreachable}, and GitHub names no merge commit: what was smoked is not what was merged` };
  }
  return (await facts.isReachable(mergeCommitSha))
    ? { admission: await admission('merge commit on branch', merged, pullRequest, facts) }
    : {
        lost: `${unreachable}, and neither is its merge commit ${short(mergeCommitSha)}: what was smoked is not what was merged`,
      };
}

async function admission(
  rule: Admission['rule'],
  smoked: string,
  { mergeCommitSha }: PullRequest,
  facts: Facts,
): Promise<Admission> {
  return { rule, mergeCommit: mergeCommitSha, branchMoved: await hasMoved(smoked, mergeCommitSha, facts) };
}

/** The tree that the merge made is the smoked one only where the branch had nothing that the head hadn't. */
async function hasMoved(smoked: string, mergeCommit: string | null, facts: Facts): Promise<boolean | undefined> {
  if (mergeCommit === null) {
    return undefined;
  }
  const [before, after] = [await facts.treeOf(smoked), await facts.treeOf(mergeCommit)];
  return before === undefined || after === undefined ? undefined : before !== after;
}

/** For `--explain`: the rule by which a run was admitted, and whether what runs is what was smoked. */
export function admittedBy({ rule, mergeCommit, branchMoved }: Admission, branch: string): string {
  const by =
    rule === 'head on branch'
      ? `its head is on ${branch}, as after a merge commit`
      : `its merge commit ${short(mergeCommit ?? '')} is on ${branch}, as after a squash or rebase`;
  const moved =
    branchMoved === undefined
      ? `whether ${branch} had moved in between could not be seen`
      : branchMoved
        ? `${branch} had moved in between: the tree that runs was never smoked`
        : `${branch} had not moved in between: the tree that runs is the smoked one`;
  return `${by}; ${moved}`;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
