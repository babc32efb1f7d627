import type { Github } from '../github/client.ts';
import { Shape } from '../github/shape.ts';
import type { PullRequest, WorkflowRun } from './run.ts';

interface Asked {
  readonly github: Github;
  readonly repo: string;
  readonly branch: string;
}

/** Clocks of GitHub's services differ, and a run is made a moment after what it is for. */
const toleranceMs = 5 * 60_000;

/**
 * The pull request that a run was for: of all that GitHub can name, the one that was merged into the branch, where there
 * is one. A failure must not get lost because something else has the same commit, so that every way of asking is gone
 * until a merged one is found: the run's own list, which GitHub empties with the time; the head's branch, by which pull
 * requests are found as long as they are; and the commit, for branches that were renamed since. GitHub names more than
 * was asked for (whatever has the commit, whatever the branch), so that each has to have the run's branch or its commit
 * as its head.
 *
 * @throws GithubError
 */
export async function pullRequestOf(run: WorkflowRun, asked: Asked): Promise<PullRequest | undefined> {
  const found = new Map<number, Found>();
  for (const ask of [linked, byBranch, byCommit]) {
    for (const number of await ask(run, asked)) {
      if (!found.has(number)) {
        found.set(number, await pullRequest(number, asked));
      }
    }
    const merged = [...found.values()].filter(
      (each) => each.mergedAt !== null && each.base === asked.branch && isOf(run, each),
    );
    const [first] = merged;
    if (first !== undefined) {
      return merged.find(({ headSha }) => isHead(run, headSha)) ?? first;
    }
  }
  const all = [...found.values()].filter((each) => isOf(run, each));
  return all.find(({ mergedAt }) => mergedAt !== null) ?? all[0];
}

interface Found extends PullRequest {
  /** `owner:branch` of the head. */
  readonly label: string | undefined;
}

function isOf(run: WorkflowRun, { label, headSha }: Found): boolean {
  const { headBranch, headOwner } = run;
  const isUnknown = label === undefined || headBranch === undefined || headOwner === undefined;
  return isUnknown || label.toLowerCase() === `${headOwner}:${headBranch}`.toLowerCase() || isHead(run, headSha);
}

function isHead({ headSha, headCommit }: WorkflowRun, sha: string): boolean {
  return sha === headSha || sha === headCommit;
}

async function linked({ pullRequests }: WorkflowRun): Promise<readonly number[]> {
  return pullRequests;
}

async function byCommit(
  { headCommit, headSha: listedSha }: WorkflowRun,
  { github, repo }: Asked,
): Promise<readonly number[]> {
  const headSha = headCommit ?? listedSha;
  const listed = await github.find(`/repos/${repo}/commits/${headSha}/pulls?per_page=100`);
  const place = `the pull requests of ${headSha.slice(0, 7)}`;
  return listed === undefined ? [] : new Shape(listed, place).items().map((item) => item.at('number').count());
}

/** Those of the head's branch that were open when the run began: a branch's name may be used again. */
async function byBranch(run: WorkflowRun, { github, repo }: Asked): Promise<readonly number[]> {
  const { headBranch, headOwner } = run;
  if (headBranch === undefined || headOwner === undefined) {
    return [];
  }
  const began = Date.parse(run.createdAt);
  const numbers: number[] = [];
  const head = encodeURIComponent(`${headOwner}:${headBranch}`);
  for await (const page of github.pages(`/repos/${repo}/pulls?state=all&head=${head}&per_page=100`)) {
    for (const item of new Shape(page, `the pull requests of ${headBranch}`).items()) {
      const opened = Date.parse(item.at('created_at').moment());
      const closed = item.at('closed_at').nullableMoment();
      const isOver = closed !== null && began > Date.parse(closed) + toleranceMs;
      if (began >= opened - toleranceMs && !isOver) {
        numbers.push(item.at('number').count());
      }
    }
  }
  return numbers;
}

async function pullRequest(number: number, { github, repo }: Asked): Promise<Found> {
  const pull = new Shape(await github.get(`/repos/${repo}/pulls/${number}`), `#${number}`);
  const mergedAt = pull.at('merged_at').nullableMoment();
  return {
    number: pull.at('number').count(),
    mergedAt: pull.at('merged').flag() ? mergedAt : null,
    base: pull.at('base').at('ref').text(),
    headSha: pull.at('head').at('sha').commit(),
    // Before a merge it is that of a merge that GitHub has only tried.
    mergeCommitSha: mergedAt === null ? null : (pull.at('merge_commit_sha').optional()?.commit() ?? null),
    label: pull.at('head').at('label').optionalText(),
  };
}
