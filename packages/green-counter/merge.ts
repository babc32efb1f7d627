import type { Facts, PullRequest, WorkflowRun } from './run.ts';

/** Any merge of the smoked head, or the contract's literal kind. */
export type Merges = 'any' | 'merge-commits';

/** Why a green smoke is of what was merged. */
export interface Admission {
  readonly rule: 'head on branch' | 'merge commit on branch';
  readonly mergeCommit: string | null;
  /** Whether the branch moved before the merge; undefined if unknown. */
  readonly branchMoved: boolean | undefined;
}

export type AdmissionResult =
  | { readonly admission: Admission }
  /** The smoked head isn't the merged one. */
  | { readonly replaced: string }
  /** The merged head isn't on the branch. */
  | { readonly lost: string };

/**
 * Checks that the smoked head was merged: a merge commit brings the head itself to the branch; after a squash or
 * rebase, the pull request's final head must be the smoked one, and the merge's commit on the branch.
 */
export async function admit(
  run: WorkflowRun,
  pullRequest: PullRequest,
  facts: Facts,
  { branch, merges }: { readonly branch: string; readonly merges: Merges },
): Promise<AdmissionResult> {
  const { number, headSha: merged, mergeCommitSha } = pullRequest;
  // For `pull_request_target` head_sha may be the base's, which is always reachable.
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

/** Trees are equal only if the branch had nothing new. */
async function hasMoved(smoked: string, mergeCommit: string | null, facts: Facts): Promise<boolean | undefined> {
  if (mergeCommit === null) {
    return undefined;
  }
  const [before, after] = [await facts.treeOf(smoked), await facts.treeOf(mergeCommit)];
  return before === undefined || after === undefined ? undefined : before !== after;
}

/** For `--explain`: says the rule, and whether the smoked code is what runs. */
export function describeAdmission({ rule, mergeCommit, branchMoved }: Admission, branch: string): string {
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
