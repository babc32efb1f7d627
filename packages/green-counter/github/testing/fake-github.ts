import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, serveHttp } from '@meho/core/http/testing/local-server';
import {
  annotatedJob,
  type FakePull,
  type FakeRepository,
  type FakeRun,
  fakeBranch,
  fakeJobs,
  fakeSha,
  fakeTime,
  fakeTreeSha,
} from './fake-repository.ts';

export const fakeToken = 'ghs_made0up0token0of0the0tests';

export interface FakeRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Number of earlier requests for the same path and query. */
  readonly before: number;
}

/** Returns true if it has answered. */
export type GithubFault = (asked: FakeRequest, response: ServerResponse) => boolean;

export interface FakeGithub extends LocalServer {
  readonly url: string;
  /** Each request's path, query and status. */
  readonly log: readonly { readonly target: string; readonly status: number }[];
}

export interface FakeGithubOptions {
  /** Called for each request, so that the repository may change in between. */
  readonly repository: (asked: FakeRequest) => FakeRepository;
  readonly fault?: GithubFault;
  /** Caps per_page. */
  readonly pageLimit?: number;
  /** How far GitHub's clock is ahead of ours. */
  readonly clockAheadMs?: number;
}

/** Serves on loopback what the counter uses of GitHub's API: paths, shapes, Link pages, ETags and limits. */
export async function fakeGithub(options: FakeGithubOptions): Promise<FakeGithub> {
  const log: { target: string; status: number }[] = [];
  const times = new Map<string, number>();
  const server = await serveHttp((request, response) => {
    const target = request.url ?? '/';
    const before = times.get(target) ?? 0;
    times.set(target, before + 1);
    response.on('close', () => log.push({ target, status: response.statusCode }));
    const url = new URL(target, `http://${request.headers.host}`);
    response.setHeader('date', new Date(Date.now() + (options.clockAheadMs ?? 0)).toUTCString());
    const asked = { path: url.pathname, query: url.searchParams, before };
    if (request.headers.authorization !== `Bearer ${fakeToken}`) {
      send(response, 401, { message: 'Bad credentials', status: '401' });
    } else if (options.fault?.(asked, response) !== true) {
      answer(request, response, url, options.repository(asked), options.pageLimit ?? 100);
    }
  });
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    log,
    [Symbol.asyncDispose]: () => Promise.resolve(server[Symbol.asyncDispose]()),
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  fake: FakeRepository,
  pageLimit: number,
): void {
  const found = route(fake, url);
  if (found === undefined) {
    send(response, 404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' });
    return;
  }
  const { body, link } = 'all' in found ? paged(found, url, pageLimit) : { body: found.one, link: undefined };
  const text = JSON.stringify(body);
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  response.setHeader('etag', etag);
  response.setHeader('x-ratelimit-limit', '5000');
  response.setHeader('x-ratelimit-remaining', '4321');
  if (link !== undefined) {
    response.setHeader('link', link);
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(text);
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): true {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));
  return true;
}

interface List {
  readonly all: readonly unknown[];
  readonly wrap?: (items: readonly unknown[]) => unknown;
}

function paged({ all, wrap = (items) => items }: List, url: URL, limit: number) {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100, limit);
  const page = Number(url.searchParams.get('page') ?? 1);
  const last = Math.max(1, Math.ceil(all.length / size));
  const to = (number: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ];
  return {
    body: wrap(all.slice((page - 1) * size, page * size)),
    link: links.length === 0 ? undefined : links.join(', '),
  };
}

function route(fake: FakeRepository, { pathname, searchParams }: URL): { readonly one: unknown } | List | undefined {
  const base = `/repos/${fake.repo}`;
  const rest = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : '';
  const match = (pattern: RegExp) => pattern.exec(rest)?.[1];
  if (rest === `/actions/workflows/${fake.workflow}/runs`) {
    const head = searchParams.get('head_sha');
    const runs = fake.runs
      .filter((run) => head === null || run.headSha === head)
      .toSorted((a, b) => b.number - a.number);
    return {
      all: runs.map((run) => runJson(run, fake)),
      wrap: (items) => ({ total_count: runs.length, workflow_runs: items }),
    };
  }
  const jobsOf = runWith(fake, match(/^\/actions\/runs\/(\d+)\/jobs$/));
  if (jobsOf !== undefined) {
    if (jobsOf.jobs === null) {
      return undefined;
    }
    // Since May 2025 `latest`, the default, omits jobs that "re-run failed jobs" kept.
    const jobs = fakeJobs(jobsOf).filter(
      ({ attempt }) => searchParams.get('filter') === 'all' || attempt === jobsOf.attempt,
    );
    return {
      all: jobs.map((job) => jobJson(job, jobsOf)),
      wrap: (items) => ({ total_count: jobs.length, jobs: items }),
    };
  }
  const job = match(/^\/check-runs\/(\d+)\/annotations$/);
  if (job !== undefined) {
    const run = fake.runs.find((each) => fakeJobs(each).some(({ id }) => id === Number(job)));
    const messages = run !== undefined && annotatedJob(run)?.id === Number(job) ? run.annotations : [];
    return run && { all: messages.map((message) => ({ path: '.github', annotation_level: 'failure', message })) };
  }
  const commit = match(/^\/commits\/([0-9a-f]{40})\/pulls$/);
  if (commit !== undefined) {
    // GitHub lists open and merged ones.
    return {
      all: fake.pulls.filter(({ commits }) => commits.includes(commit)).map((pull) => pullJson(pull, fake.repo)),
    };
  }
  if (rest === '/pulls') {
    const [owner] = fake.repo.split('/');
    const head = searchParams.get('head');
    const those = fake.pulls.filter(({ number }) => head === `${owner}:${fakeBranch(number)}`);
    return { all: searchParams.get('state') === 'all' ? those.map((pull) => pullJson(pull, fake.repo)) : [] };
  }
  const compared = match(/^\/compare\/main\.\.\.([0-9a-f]{40})$/);
  if (compared !== undefined) {
    const isThere = fake.main.has(compared);
    return {
      one: {
        status: isThere ? 'behind' : 'diverged',
        ahead_by: isThere ? 0 : 1,
        behind_by: 3,
        commits: [],
        // If main has the commit, the commit itself.
        merge_base_commit: commitJson(fake, isThere ? compared : fakeSha('the root')),
      },
    };
  }
  const gitCommit = match(/^\/git\/commits\/([0-9a-f]{40})$/);
  if (gitCommit !== undefined) {
    const isKnown = fake.pulls.some(({ commits, headSha, mergeCommitSha }) =>
      [...commits, headSha, mergeCommitSha].includes(gitCommit),
    );
    return isKnown ? { one: { sha: gitCommit, tree: { sha: fakeTreeSha(fake, gitCommit) } } } : undefined;
  }
  const commitsOf = pullWith(fake, match(/^\/pulls\/(\d+)\/commits$/));
  if (commitsOf !== undefined) {
    return { all: commitsOf.commits.map((sha) => commitJson(fake, sha)) };
  }
  const filesOf = pullWith(fake, match(/^\/pulls\/(\d+)\/files$/));
  if (filesOf !== undefined) {
    return { all: filesOf.files.map((file) => ({ sha: 'b'.repeat(40), status: 'modified', changes: 1, ...file })) };
  }
  const pull = pullWith(fake, match(/^\/pulls\/(\d+)$/));
  return (
    pull && { one: { ...pullJson(pull, fake.repo), merged: pull.mergedAt !== null, changed_files: pull.files.length } }
  );
}

function commitJson(fake: FakeRepository, sha: string): unknown {
  return { sha, commit: { message: 'A change', tree: { sha: fakeTreeSha(fake, sha) } }, parents: [] };
}

function jobJson(job: ReturnType<typeof fakeJobs>[number], run: FakeRun): unknown {
  return {
    id: job.id,
    run_id: run.id,
    run_attempt: job.attempt,
    workflow_name: 'pr-smoke',
    head_branch: run.branch,
    head_sha: run.headSha,
    name: job.name,
    status: job.conclusion === null ? 'in_progress' : 'completed',
    conclusion: job.conclusion,
    created_at: run.startedAt,
    started_at: run.startedAt,
    completed_at: job.conclusion === null ? null : run.updatedAt,
    labels: [],
    steps: [],
  };
}

function runWith({ runs }: FakeRepository, id: string | undefined): FakeRun | undefined {
  return runs.find((run) => run.id === Number(id));
}

function pullWith({ pulls }: FakeRepository, number: string | undefined): FakePull | undefined {
  return pulls.find((pull) => pull.number === Number(number));
}

function runJson(run: FakeRun, { repo, workflow }: FakeRepository): unknown {
  const [owner, name] = repo.split('/');
  return {
    id: run.id,
    name: 'pr-smoke',
    node_id: `WFR_${run.id}`,
    head_branch: run.branch,
    head_repository: { id: 5, name, full_name: repo, owner: { login: owner } },
    head_sha: run.headSha,
    head_commit: { id: run.headCommit ?? run.headSha, message: 'A change' },
    path: `.github/workflows/${workflow}`,
    display_title: 'A change',
    run_number: run.number,
    event: run.event,
    status: run.conclusion === null ? 'in_progress' : 'completed',
    conclusion: run.conclusion,
    workflow_id: 77,
    pull_requests: [
      ...run.pullRequests.map((number) => linkJson(number, repo)),
      ...(run.forkPullRequests ?? []).map((number) => linkJson(number, `somebody/${name}`)),
    ],
    created_at: run.startedAt,
    updated_at: run.updatedAt,
    run_attempt: run.attempt,
    run_started_at: run.startedAt,
    repository: { id: 5, name, full_name: repo, private: false, owner: { login: owner } },
  };
}

function linkJson(number: number, repo: string): unknown {
  return { id: number * 7, number, url: `https://api.github.com/repos/${repo}/pulls/${number}`, head: {}, base: {} };
}

function pullJson(
  { number, mergedAt, base, headSha, mergeCommitSha }: FakePull,
  repo: string,
): Readonly<Record<string, unknown>> {
  return {
    id: number * 7,
    number,
    state: mergedAt === null ? 'open' : 'closed',
    title: 'A change',
    created_at: fakeTime(0),
    closed_at: mergedAt,
    merged_at: mergedAt,
    merge_commit_sha: mergeCommitSha,
    head: { label: `${repo.split('/')[0]}:${fakeBranch(number)}`, ref: fakeBranch(number), sha: headSha },
    base: { ref: base, sha: 'a'.repeat(40) },
  };
}
