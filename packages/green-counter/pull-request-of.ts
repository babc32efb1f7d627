import type { Github } from './github/client.ts';
import { Shape } from './github/shape.ts';
import type { PullRequest, WorkflowRun } from './run.ts';

interface Asked {
  readonly github: Github;
  readonly repo: string;
  readonly branch: string;
}

/** GitHub's clocks differ, and a run follows its cause. */
const toleranceMs = 5 * 60_000;

/**
 * Prefers the one merged into the branch. Another use of the commit must not hide a failure, so tries in turn the run's
 * list, which GitHub empties with time; the head's branch; the commit, for renamed branches. GitHub returns more than
 * asked for: each must have the run's branch or commit as its head.
 * @throws GithubError
 */
export async function pullRequestOf(run: WorkflowRun, asked: Asked): Promise<PullRequest | undefined> {
  const found = new Map<number, Found>();
  for (const ask of [linkedPullRequests, byBranch, byCommit]) {
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
  /** The head's `owner:branch`. */
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

async function linkedPullRequests({ pullRequests }: WorkflowRun): Promise<readonly number[]> {
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

/** Those open when the run began: branch names are reused. */
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
    // Before a merge it is a trial merge's.
    mergeCommitSha: mergedAt === null ? null : (pull.at('merge_commit_sha').optional()?.commit() ?? null),
    label: pull.at('head').at('label').optionalText(),
  };
}
