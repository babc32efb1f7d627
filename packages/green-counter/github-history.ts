import type { Reachability } from './clone.ts';
import type { Github } from './github/client.ts';
import { GithubError } from './github/github-error.ts';
import { Shape } from './github/shape.ts';
import { cancellationOf, isDocumentation } from './github-facts.ts';
import type { Job } from './jobs.ts';
import { jobsOf } from './jobs-of.ts';
import { pullRequestOf } from './pull-request-of.ts';
import type { Cancellation, Facts, PullRequest, WorkflowRun } from './run.ts';

export interface HistoryOptions {
  readonly github: Github;
  /** `owner/name` */
  readonly repo: string;
  /** Its file name. */
  readonly workflow: string;
  readonly branch: string;
  /** A clone, tried before GitHub's compare API. */
  readonly reachability?: Reachability;
}

const pageSize = 100;

/** A malformed answer is an error. */
export class GithubHistory implements Facts {
  readonly #options: HistoryOptions;
  readonly #base: string;
  readonly #trees = new Map<string, string>();
  readonly #jobs = new Map<string, Promise<readonly Job[] | undefined>>();

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#base = `/repos/${options.repo}`;
  }

  /** Newest first, page by page on demand. */
  async *runs(): AsyncGenerator<WorkflowRun> {
    for await (const page of this.#options.github.pages(this.#runsPath())) {
      yield* runsOf(page, this.#options.repo);
    }
  }

  /** Shows whether anything has changed. */
  async newest(): Promise<readonly WorkflowRun[]> {
    return runsOf(await this.#options.github.get(this.#runsPath()), this.#options.repo);
  }

  async runsOn(headSha: string): Promise<readonly WorkflowRun[]> {
    const runs: WorkflowRun[] = [];
    for await (const page of this.#options.github.pages(`${this.#runsPath()}&head_sha=${headSha}`)) {
      runs.push(...runsOf(page, this.#options.repo));
    }
    return runs.filter((run) => run.headSha === headSha);
  }

  pullRequestOf(run: WorkflowRun): Promise<PullRequest | undefined> {
    return pullRequestOf(run, this.#options);
  }

  async isDocsOnly({ number }: PullRequest): Promise<boolean> {
    const { github } = this.#options;
    const place = `the files of #${number}`;
    const expected = new Shape(await github.get(`${this.#base}/pulls/${number}`), `#${number}`)
      .at('changed_files')
      .count();
    let seen = 0;
    for await (const page of github.pages(`${this.#base}/pulls/${number}/files?per_page=${pageSize}`)) {
      for (const file of new Shape(page, place).items()) {
        seen += 1;
        const names = [file.at('filename').text(), file.at('previous_filename').optionalText()];
        if (names.some((name) => name !== undefined && !isDocumentation(name))) {
          return false;
        }
      }
    }
    if (seen !== expected) {
      throw new GithubError({
        expected: `the ${expected} files of #${number}`,
        observed: `${seen} of them`,
        next: 'run again; of a pull request with more than 3000 files GitHub lists no more than these',
      });
    }
    return seen > 0;
  }

  async isReachable(sha: string): Promise<boolean> {
    const { github, branch, reachability } = this.#options;
    // A clone's no is only as of its last fetch.
    if ((await reachability?.(sha)) === true) {
      return true;
    }
    const path = `${this.#base}/compare/${encodeURIComponent(branch)}...${sha}?per_page=1`;
    const compared = await github.find(path);
    if (compared === undefined) {
      return false;
    }
    const shape = new Shape(compared, `the comparison of ${branch} with ${sha.slice(0, 7)}`);
    const status = shape.at('status').text();
    if (status !== 'behind' && status !== 'identical') {
      return false;
    }
    // The merge base is then the commit itself.
    const common = shape.at('merge_base_commit').optional();
    const tree = common?.at('commit').at('tree').at('sha').commit();
    if (tree !== undefined && common?.at('sha').commit() === sha) {
      this.#trees.set(sha, tree);
    }
    return true;
  }

  async isCommitOf({ number }: PullRequest, sha: string): Promise<boolean> {
    const place = `the commits of #${number}`;
    for await (const page of this.#options.github.pages(`${this.#base}/pulls/${number}/commits?per_page=${pageSize}`)) {
      if (new Shape(page, place).items().some((commit) => commit.at('sha').commit() === sha)) {
        return true;
      }
    }
    return false;
  }

  async treeOf(sha: string): Promise<string | undefined> {
    const known = this.#trees.get(sha);
    if (known !== undefined) {
      return known;
    }
    const commit = await this.#options.github.find(`${this.#base}/git/commits/${sha}`);
    return commit === undefined
      ? undefined
      : new Shape(commit, `commit ${sha.slice(0, 7)}`).at('tree').at('sha').commit();
  }

  jobsOf(run: WorkflowRun): Promise<readonly Job[] | undefined> {
    const key = `${run.id} ${run.attempt}`;
    const asked = this.#jobs.get(key) ?? jobsOf(run.id, this.#options);
    this.#jobs.set(key, asked);
    return asked;
  }

  async cancellationOf(jobs: readonly Job[]): Promise<Cancellation> {
    const { github } = this.#options;
    const messages: string[] = [];
    for (const { id } of jobs) {
      for await (const page of github.pages(`${this.#base}/check-runs/${id}/annotations?per_page=${pageSize}`)) {
        const annotations = new Shape(page, `the annotations of job ${id}`).items();
        messages.push(...annotations.map((each) => each.at('message').text()));
      }
    }
    return cancellationOf(messages);
  }

  #runsPath(): string {
    const workflow = encodeURIComponent(this.#options.workflow);
    return `${this.#base}/actions/workflows/${workflow}/runs?per_page=${pageSize}`;
  }
}

function runsOf(page: unknown, repo: string): readonly WorkflowRun[] {
  const shape = new Shape(page, 'the list of runs');
  const total = shape.at('total_count').count();
  const runs = shape
    .at('workflow_runs')
    .items()
    .map((run) => runOf(run, repo));
  if (runs.length > total) {
    throw new GithubError({
      expected: `no more than the ${total} runs that GitHub counts`,
      observed: `${runs.length} on one page`,
      next: 'run again',
    });
  }
  return runs;
}

function runOf(shape: Shape, repo: string): WorkflowRun {
  const owner = shape.at('head_repository').optional()?.at('owner').optional();
  return {
    id: shape.at('id').count(),
    number: shape.at('run_number').count(),
    attempt: shape.at('run_attempt').count(),
    event: shape.at('event').text(),
    conclusion: shape.at('conclusion').nullableText(),
    headSha: shape.at('head_sha').commit(),
    headCommit: shape.at('head_commit').optional()?.at('id').commit(),
    headBranch: shape.at('head_branch').optionalText(),
    headOwner: owner?.at('login').text(),
    createdAt: shape.at('created_at').moment(),
    startedAt: shape.at('run_started_at').moment(),
    updatedAt: shape.at('updated_at').moment(),
    pullRequests: shape
      .at('pull_requests')
      .items()
      .filter((pull) => isOfRepository(pull.at('url').optionalText(), repo))
      .map((pull) => pull.at('number').count()),
  };
}

/** GitHub lists forks' pull requests too, with their own numbers. */
function isOfRepository(url: string | undefined, repo: string): boolean {
  return url === undefined || url.toLowerCase().includes(`/repos/${repo.toLowerCase()}/pulls/`);
}
