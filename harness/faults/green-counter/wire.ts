import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type GithubFault, send } from '@meho/green-counter/github/testing/fake-github';
import { fakeRepository } from '@meho/green-counter/github/testing/fake-repository';
import { type BareContext, type Fault, otherCommandLine, usage } from '../fault.ts';
import { fault, healthyWorld, newer, retold } from './healthy.ts';
import { harmlessHistory } from './merges.ts';

const couldNot = (id: string, title: string, says: RegExp) => ({ id, title, says, red: [usage] });
const expected = ({ red, ...told }: ReturnType<typeof couldNot>) => ({ ...told, expectRed: red });
const onList =
  (answer: GithubFault): GithubFault =>
  (asked, response) =>
    asked.path.endsWith('/runs') && !asked.query.has('head_sha') ? answer(asked, response) : false;
const onPage = (page: string, answer: GithubFault): GithubFault =>
  onList((asked, response) => (asked.query.get('page') ?? '1') === page && answer(asked, response));
const inSeconds = (seconds: number) => String(Math.floor(Date.now() / 1000) + seconds);
const hourMs = 3_600_000;

/** Broken answers, from GitHub or a proxy, are never green. */
export const wire: readonly Fault<BareContext>[] = [
  fault(
    couldNot('token-refused', 'the token has expired', /401 \(Bad credentials\); next: GITHUB_TOKEN is not taken/),
    {
      fault: (_, response) => send(response, 401, { message: 'Bad credentials' }),
    },
  ),
  fault(couldNot('not-permitted', 'the token may not read actions', /403 .*GITHUB_TOKEN needs to read actions/), {
    fault: (_, response) => send(response, 403, { message: 'Resource not accessible by integration' }),
  }),
  fault(
    couldNot(
      'rate-limited',
      '403 with an hour until the reset',
      /rate limit of GitHub; seen 403: .*run again in 3\d{3} s/,
    ),
    {
      fault: onList((_, response) =>
        send(
          response,
          403,
          { message: 'API rate limit exceeded' },
          { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(3600) },
        ),
      ),
    },
  ),
  fault(
    couldNot('too-many-requests', '429 with ten minutes of retry-after', /429: it wants to be left alone for 600 s/),
    {
      fault: ({ path }, response) => path.endsWith('/files') && send(response, 429, {}, { 'retry-after': '600' }),
    },
  ),
  ...[500, 502, 503].map((status) =>
    fault(
      couldNot(
        `answer-${status}`,
        `one of many answers stays ${status}`,
        new RegExp(`seen ${status}.*tried \\d+ times.*GitHub has trouble`),
      ),
      {
        fault: ({ path }, response) =>
          path.includes('/compare/') && send(response, status, { message: 'Server Error' }),
      },
    ),
  ),
  fault(couldNot('truncated-json', 'a whole answer that is half of a document', /expected JSON from/), {
    fault: onList((_, response) => {
      response.writeHead(200).end('{"total_count":11,"workflow_runs":[{"id":9011,"run_number":11,');
      return true;
    }),
  }),
  fault(
    couldNot(
      'connection-broken',
      'every answer about files breaks off',
      /tried \d+ times\); next: GitHub .* cuts connections/,
    ),
    {
      fault: ({ path }, response) => {
        if (!path.endsWith('/files')) {
          return false;
        }
        response.writeHead(200, { 'content-length': '1000' });
        response.write('[{', () => response.destroy());
        return true;
      },
    },
  ),
  fault(
    couldNot(
      'page-lost',
      'the second page comes without its runs',
      /3 in a row are shown, 5 are needed.*are missing before run 9007/,
    ),
    {
      pageLimit: 5,
      fault: onPage('2', (_, response) => send(response, 200, { total_count: 11, workflow_runs: [] })),
    },
  ),
  fault(
    couldNot('link-lost', 'the first page comes without its link', /run numbers 1 to 6 are missing before run 9007/),
    {
      pageLimit: 5,
      fault: (_, response) => {
        response.setHeader = (
          (set) => (name: string, value: string) =>
            name === 'link' ? response : set(name, value)
        )(response.setHeader.bind(response)) as typeof response.setHeader;
        return false;
      },
    },
  ),
  fault(couldNot('page-404', 'the second page is not there', /404 .*check --repo/), {
    pageLimit: 5,
    fault: onPage('2', (_, response) => send(response, 404, { message: 'Not Found' })),
  }),
  fault(
    couldNot(
      'run-deleted',
      'a failed run was deleted',
      /run number 9 is missing between run 9010 and run 9008: deleted, or not shown/,
    ),
    {
      repository: () => ({ ...healthyWorld, runs: healthyWorld.runs.filter(({ number }) => number !== 9) }),
    },
  ),
  fault(couldNot('link-elsewhere', 'the next page is at another host', /a link to "http:\/\/127\.0\.0\.1:9"/), {
    fault: onList((_, response) => {
      response.setHeader('link', '<http://127.0.0.1:9/next>; rel="next"');
      return send(response, 200, { total_count: 11, workflow_runs: [] });
    }),
  }),
  fault(
    couldNot(
      'malformed-run',
      'a run without a conclusion',
      /workflow_runs\[0\]\.conclusion in GitHub's answer; seen nothing/,
    ),
    {
      fault: onList((_, response) =>
        send(response, 200, {
          total_count: 1,
          workflow_runs: [{ id: 1, run_number: 1, run_attempt: 1, event: 'push' }],
        }),
      ),
    },
  ),
  fault(couldNot('switched', 'GitHub answers with another protocol', /switched to another protocol \(101\)/), {
    fault: (_, response) => {
      response.writeHead(101, { connection: 'Upgrade', upgrade: 'websocket' }).end();
      return true;
    },
  }),
  fault(
    couldNot(
      'jobs-not-permitted',
      'the token may read runs and no jobs',
      /jobs; seen 403 .*GITHUB_TOKEN needs to read actions/,
    ),
    {
      fault: ({ path }, response) =>
        path.endsWith('/jobs') && send(response, 403, { message: 'Resource not accessible by integration' }),
    },
  ),
  fault(
    couldNot('jobs-short', 'fewer jobs are listed than there are', /expected the 3 jobs of run 9011; seen 1 of them/),
    {
      fault: ({ path }, response) =>
        path.endsWith('/jobs') &&
        send(response, 200, {
          total_count: 3,
          jobs: [{ id: 1, name: 'smoke', run_attempt: 1, status: 'completed', conclusion: 'success' }],
        }),
    },
  ),
  fault(couldNot('jobs-malformed', 'a job without a name', /\.name in GitHub's answer; seen nothing/), {
    fault: ({ path }, response) =>
      path.endsWith('/jobs') &&
      send(response, 200, { total_count: 1, jobs: [{ id: 1, status: 'completed', conclusion: 'success' }] }),
  }),
  fault(
    couldNot(
      'job-absent',
      'the job that smokes has another name',
      /run 9011 of #106 has no job "smoke", it has "e2e"; name/,
    ),
    { repository: () => retold(11, { jobs: [{ name: 'e2e', conclusion: 'success' }] }) },
  ),
  fault(
    couldNot(
      'jobs-gone',
      'GitHub has the jobs of a run no more',
      /0 in a row .*GitHub has the jobs of run 9011 of #106 no more/,
    ),
    { repository: () => retold(11, { jobs: null }) },
  ),
  fault(couldNot('merged-untold', 'merged is text', /merged in GitHub's answer; seen "true"/), {
    fault: ({ path }, response) =>
      /\/pulls\/106$/.test(path) &&
      send(response, 200, { number: 106, merged_at: '2026-01-01T00:00:00Z', merged: 'true', base: {}, head: {} }),
  }),
  fault(couldNot('malformed-pull', 'merged_at is true instead of a date', /merged_at in GitHub's answer; seen true/), {
    fault: ({ path }, response) =>
      /\/pulls\/106$/.test(path) &&
      send(response, 200, { number: 106, merged_at: true, base: {}, head: {}, changed_files: 1 }),
  }),
  fault(
    couldNot('files-short', 'fewer files are listed than there are', /expected the 3 files of #301; seen 2 of them/),
    {
      repository: () =>
        newer({ pullChanges: { files: [{ filename: 'docs/a' }, { filename: 'docs/b' }, { filename: 'x.py' }] } }),
      fault: ({ path }, response) =>
        path.endsWith('/pulls/301/files') && send(response, 200, [{ filename: 'docs/a' }, { filename: 'docs/b' }]),
    },
  ),
  fault(couldNot('restless', 'a new run with every reading', /changed during each of 3 readings/), {
    repository: ({ path, before }) =>
      path.endsWith('/runs')
        ? fakeRepository(Array.from({ length: 8 + before }, (_, index) => ({ pull: 101 + index, run: index + 1 })))
        : fakeRepository(Array.from({ length: 40 }, (_, index) => ({ pull: 101 + index, run: index + 1 }))),
  }),
  fault(couldNot('moved', 'the repository has another name now', /301 to \/repositories\/5.*has moved/), {
    fault: (_, response) => send(response, 301, { message: 'Moved Permanently' }, { location: '/repositories/5' }),
  }),
  fault(
    {
      ...couldNot('no-workflow', 'there is no such workflow', /404 .*check --repo and --workflow/),
      flags: { workflow: 'smoke.yml' },
    },
    {},
  ),
  fault(
    { ...couldNot('no-token', 'GITHUB_TOKEN is not set', /GITHUB_TOKEN is not set/), env: { GITHUB_TOKEN: '' } },
    {},
  ),
  {
    ...expected(couldNot('plain-http', 'the token would go out in clear text', /--api-url: expected an https URL/)),
    inject: async () => otherCommandLine({ flags: { 'api-url': 'http://github.example.com' } }),
  },
  {
    ...expected(couldNot('bad-notes', 'a note without a cause', /--notes: .*line 2: cause: expected what was broken/)),
    inject: async ({ folder }) => {
      const notes = path.join(folder, 'bad-notes.yaml');
      await writeFile(notes, '- run: 9010\n  cause: flaky\n  date: 2026-01-10\n  infrastructure: node\n');
      return otherCommandLine({ flags: { notes, 'api-url': 'http://127.0.0.1:9' } });
    },
  },
];

/** Don't change the count: broken connections are retried, rate limits waited out by GitHub's clock. */
export const harmless: readonly Fault<BareContext>[] = [
  fault(
    { id: 'connection-broken-once', title: 'each first connection is cut', red: [] },
    {
      fault: ({ before }, response) => {
        if (before > 0 || response.req.url?.includes('/pulls/10') !== true) {
          return false;
        }
        response.destroy();
        return true;
      },
    },
  ),
  fault(
    { id: 'answer-503-once', title: 'each first answer about a pull request is 503', red: [] },
    {
      fault: ({ before, path }, response) =>
        before === 0 && path.includes('/pulls/10') && send(response, 503, { message: 'Unavailable' }),
    },
  ),
  fault(
    { id: 'secondary-limit-once', title: 'a secondary limit of which Retry-After alone speaks', red: [] },
    {
      fault: onList(({ before }, response) => before === 0 && send(response, 403, {}, { 'retry-after': '1' })),
    },
  ),
  ...harmlessHistory.map(({ id, title, fake: repository, flags = {} }) =>
    fault({ id, title, red: [], flags }, { repository }),
  ),
  ...[hourMs, -hourMs].map((clockAheadMs) =>
    fault(
      {
        id: `clock-${clockAheadMs > 0 ? 'ahead' : 'behind'}`,
        title: "GitHub's clock is an hour off, and a limit ends in 2 s by it",
        red: [],
      },
      {
        clockAheadMs,
        fault: onList(
          ({ before }, response) =>
            before === 0 &&
            send(
              response,
              403,
              { message: 'API rate limit exceeded' },
              { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(clockAheadMs / 1000 + 2) },
            ),
        ),
      },
    ),
  ),
];
