import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Hiccups } from '../http/hiccups.ts';
import { closedPort, serveHttp } from '../http/testing/local-server.ts';
import { classify } from '../http/transport-error.ts';
import { AnswerCache } from './answer-cache.ts';
import { Github, type GithubOptions } from './client.ts';
import { nextLink } from './link.ts';
import { rateLimitWaitMs } from './rate-limit.ts';

type Answer = (target: string, response: ServerResponse, times: number) => void;

/** A client of a server that answers as the test wants; what was asked, in order. */
async function against(answer: Answer, options: Partial<GithubOptions> = {}) {
  const asked: { target: string; authorization: string | undefined; etag: string | undefined }[] = [];
  const server = await serveHttp((request, response) => {
    const target = request.url ?? '';
    const times = asked.filter((entry) => entry.target === target).length;
    asked.push({ target, authorization: request.headers.authorization, etag: request.headers['if-none-match'] });
    answer(target, response, times);
  });
  const waits: string[] = [];
  const github = new Github({
    apiUrl: new URL(`http://127.0.0.1:${server.port}/api/v3`),
    token: 'ghs_secret',
    deadlineMs: 5000,
    rateLimitPatienceMs: 3000,
    signal: AbortSignal.timeout(30_000),
    onWait: (line) => waits.push(line),
    ...options,
  });
  return {
    github,
    asked,
    waits,
    port: server.port,
    async [Symbol.asyncDispose]() {
      github[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const all = async (github: Github, target: string) => Array.fromAsync(github.pages(target));

describe('pages', () => {
  test('are followed by their links, with the token, to the last', async () => {
    await using to = await against((target, response) => {
      const next = `<http://127.0.0.1:${to.port}/api/v3/list?page=2>; rel="next", <http://x/>; rel="last"`;
      json(response, 200, [target], target.includes('page=2') ? {} : { link: next });
    });
    expect(await all(to.github, '/list')).toEqual([['/api/v3/list'], ['/api/v3/list?page=2']]);
    expect(to.asked.map(({ authorization }) => authorization)).toEqual(['Bearer ghs_secret', 'Bearer ghs_secret']);
  });
  test('at another address are not asked for: the token stays here', async () => {
    await using other = await against((_, response) => json(response, 200, []));
    await using to = await against((_, response) =>
      json(response, 200, [], { link: `<http://127.0.0.1:${other.port}/list?page=2>; rel="next"` }),
    );
    await expect(all(to.github, '/list')).rejects.toThrow(/to be at http:\/\/127\.0\.0\.1:\d+, but a link to/);
    expect(other.asked).toEqual([]);
  });
  test('that go round in circles are an error', async () => {
    await using to = await against((_, response) => json(response, 200, [], { link: '</api/v3/list>; rel="next"' }));
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end, but page 1 links back to the first one/);
  });
  test('that come back to one in the middle are an error as well', async () => {
    await using to = await against((target, response) =>
      json(response, 200, [], { link: `</api/v3/list?page=${target.endsWith('page=2') ? '3' : '2'}>; rel="next"` }),
    );
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end, but page 3 links back to page 2/);
  });
  test('that never end are an error, and no page is said to come again', async () => {
    await using to = await against((target, response) => {
      const page = Number(new URL(target, 'http://x').searchParams.get('page') ?? 1);
      json(response, 200, [], { link: `</api/v3/list?page=${page + 1}>; rel="next"` });
    });
    await expect(all(to.github, '/list')).rejects.toThrow(/come to an end, but 1000 pages, and a link to one more;/);
    expect(to.asked).toHaveLength(1000);
  });
});

describe('conditional requests', () => {
  test('a 304 stands for what was answered before, with its link', async () => {
    await using to = await against((target, response, times) => {
      if (times > 0) {
        response.writeHead(304).end();
      } else {
        json(response, 200, [target], {
          etag: '"one"',
          ...(target.includes('page') ? {} : { link: '</api/v3/list?page=2>; rel=next' }),
        });
      }
    });
    const first = await all(to.github, '/list');
    expect(await all(to.github, '/list')).toEqual(first);
    expect(to.asked.map(({ etag }) => etag)).toEqual([undefined, undefined, '"one"', '"one"']);
    expect(to.github.traffic).toEqual({ requests: 4, confirmed: 2 });
  });
  test('a folder keeps answers for the next run, and never the token; what is broken in it is asked for anew', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'answers-'));
    try {
      await using to = await against(
        (_, response, times) =>
          times === 1 ? response.writeHead(304).end() : json(response, 200, { times }, { etag: '"e"' }),
        { cache: new AnswerCache(folder) },
      );
      await to.github.get('/one');
      const [file = ''] = await readdir(folder);
      const stored = path.join(folder, file);
      expect(await readFile(stored, 'utf8')).not.toContain('ghs_secret');
      const cold = (apiUrl: URL) =>
        new Github({
          apiUrl,
          token: 'ghs_secret',
          deadlineMs: 5000,
          rateLimitPatienceMs: 0,
          signal: AbortSignal.timeout(9000),
          cache: new AnswerCache(folder),
        });
      const apiUrl = new URL(`http://127.0.0.1:${to.port}/api/v3`);
      expect(await cold(apiUrl).get('/one')).toEqual({ times: 0 });
      await writeFile(stored, '{"url":');
      expect(await cold(apiUrl).get('/one')).toEqual({ times: 2 });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('rate limits', () => {
  const limited = (
    response: ServerResponse,
    status: number,
    headers: Record<string, string>,
    message = 'API rate limit exceeded',
  ) => json(response, status, { message }, headers);
  const reset = (inMs: number) => ({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil((Date.now() + inMs) / 1000)),
  });

  test('retry-after is waited for, then the answer is taken', async () => {
    await using to = await against((_, response, times) =>
      times === 0 ? limited(response, 429, { 'retry-after': '1' }) : json(response, 200, { fine: true }),
    );
    const started = performance.now();
    expect(await to.github.get('/x')).toEqual({ fine: true });
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
    expect(to.waits).toEqual(["GitHub's rate limit is used up: waiting 1 s"]);
  });
  test('a reset by GitHub’s clock, whatever ours says', () => {
    const serverNowMs = Date.parse('2026-11-20T10:00:00Z');
    const answer = (headers: Record<string, string>) => ({ status: 403, body: '{}', headers });
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(serverNowMs / 1000 + 90) };
    const date = new Date(serverNowMs).toUTCString();
    for (const localNowMs of [serverNowMs - 3_600_000, serverNowMs, serverNowMs + 3_600_000]) {
      expect(rateLimitWaitMs(answer({ ...headers, date }), localNowMs)).toBe(90_000);
    }
    expect(rateLimitWaitMs(answer(headers), serverNowMs)).toBe(90_000);
    expect(rateLimitWaitMs(answer({ date }), serverNowMs)).toBeUndefined();
    expect(rateLimitWaitMs({ ...answer({}), body: 'You have exceeded a secondary rate limit' })).toBe(60_000);
    expect(rateLimitWaitMs({ ...answer(headers), status: 200 })).toBeUndefined();
  });
  test('more than there is patience for is an error that says how long', async () => {
    await using to = await against((_, response) => limited(response, 403, reset(600_000)));
    await expect(to.github.get('/x')).rejects.toThrow(
      /left alone for (59\d|60\d) s, and 3 s of waiting are left; run again in/,
    );
    expect(to.asked).toHaveLength(1);
  });
  test('patience is for all waits together', async () => {
    await using to = await against((_, response) => limited(response, 429, { 'retry-after': '1' }), {
      rateLimitPatienceMs: 1500,
    });
    await expect(to.github.get('/x')).rejects.toThrow(/wants to be left alone for 1 s, and 0 s/);
    expect(to.asked).toHaveLength(2);
  });
  test.each([
    ['a reset that is over', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }],
    ['no time at all', { 'retry-after': '0' }],
  ])('a limit that names %s is not run against for ever', async (_, headers) => {
    await using to = await against((__, response) => limited(response, 403, headers), { rateLimitPatienceMs: 1500 });
    await expect(to.github.get('/x')).rejects.toThrow(/wants to be left alone for 1 s, and 0 s/);
    expect(to.asked).toHaveLength(2);
  });
  test('a 403 that is none is told as one of permissions', async () => {
    await using to = await against((_, response) =>
      json(response, 403, { message: 'Resource not accessible by integration' }),
    );
    await expect(to.github.get('/x')).rejects.toThrow(
      /403 \(Resource not accessible by integration\); GITHUB_TOKEN needs to read/,
    );
  });
});

describe('what is tried again, and what is not', () => {
  test('a connection that breaks is tried until the deadline', async () => {
    await using to = await against((_, response, times) =>
      times < 2 ? response.destroy() : json(response, 200, { at: times }),
    );
    expect(await to.github.get('/x')).toEqual({ at: 2 });
    await using never = await against((_, response) => response.destroy(), { deadlineMs: 400 });
    const started = performance.now();
    await expect(never.github.get('/x')).rejects.toThrow(
      /closed the connection before it answered \(tried [2-9] times\); GitHub .* cuts connections/,
    );
    expect(performance.now() - started).toBeLessThan(1500);
  });
  test.each([500, 502, 503, 504])('a %i is asked again, and said', async (status) => {
    const hiccups = new Hiccups();
    await using to = await against((_, response, times) =>
      times < 2 ? json(response, status, { message: 'Server Error' }) : json(response, 200, { at: times }),
    );
    expect(await hiccups.during(() => to.github.get('/x'))).toEqual({ at: 2 });
    expect(hiccups.line).toMatch(new RegExp(`^GitHub said ${status} twice, answered after \\d`));
  });
  test('an answer that does not come is told in time', async () => {
    await using to = await against(() => undefined, { deadlineMs: 300 });
    const started = performance.now();
    await expect(to.github.get('/x')).rejects.toThrow(/sent no answer within 0\.\d+ s.*; GitHub .* is slow/);
    expect(performance.now() - started).toBeLessThan(1500);
  });
  test('a connection that is dead leaves time for another one', async () => {
    await using to = await against((_, response, times) => (times === 0 ? undefined : json(response, 200, {})), {
      deadlineMs: 2000,
      attemptMs: 200,
    });
    expect(await to.github.get('/x')).toEqual({});
  });
  test('a limit of which a Retry-After alone speaks is none of permissions', async () => {
    await using to = await against((_, response, times) =>
      times === 0 ? json(response, 403, { message: 'Forbidden' }, { 'retry-after': '1' }) : json(response, 200, {}),
    );
    expect(await to.github.get('/x')).toEqual({});
    expect(to.waits).toHaveLength(1);
  });
  test('one who calls it off while GitHub has trouble is not kept waiting', async () => {
    const controller = new AbortController();
    await using to = await against(
      (_, response) => {
        json(response, 503, {});
        controller.abort(new Error('enough'));
      },
      { signal: controller.signal },
    );
    await expect(to.github.get('/x')).rejects.toThrow('enough');
  });
  test('an answer that breaks off is tried again', async () => {
    await using to = await against((_, response, times) => {
      if (times === 0) {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"half":', () => response.destroy());
      } else {
        json(response, 200, { whole: true });
      }
    });
    expect(await to.github.get('/x')).toEqual({ whole: true });
  });
  test.each([
    [501, /GitHub has trouble/],
    [401, /GITHUB_TOKEN is not taken/],
    [404, /check --repo and --workflow/],
    [301, /301 to \/elsewhere; the repository has moved/],
    [204, /look at what GitHub says/],
  ])('%i is an answer: asked once', async (status, message) => {
    await using to = await against((_, response) =>
      response.writeHead(status, { location: status === 301 ? '/elsewhere' : '' }).end(),
    );
    await expect(to.github.get('/x')).rejects.toThrow(message);
    expect(to.asked).toHaveLength(1);
  });
  test('a 5xx that stays is told with what was tried', async () => {
    await using to = await against((_, response) => json(response, 502, { message: 'Server Error' }), {
      deadlineMs: 400,
    });
    await expect(to.github.get('/x')).rejects.toThrow(
      /but 502 \(Server Error\) \(tried [2-9] times\); GitHub has trouble: run again later/,
    );
  });
  test('a whole answer that is no JSON: asked once', async () => {
    await using to = await against((_, response) => response.writeHead(200).end('{"workflow_runs":[{"id":1'));
    await expect(to.github.get('/x')).rejects.toThrow(/expected JSON from .*, but 25 characters that are none/);
    expect(to.asked).toHaveLength(1);
  });
  test('nobody listens', async () => {
    const apiUrl = new URL(`http://127.0.0.1:${await closedPort()}`);
    await using to = await against(() => undefined, { apiUrl });
    await expect(to.github.get('/x')).rejects.toThrow(
      /refused the connection \(tried [3-9] times\); nothing listens there: check GITHUB_API_URL/,
    );
  });
  test('one who answers with another protocol is told as that', async () => {
    const server = createServer((socket) => {
      socket.on('data', () =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      );
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      await using to = await against(() => undefined, { apiUrl: new URL(`http://127.0.0.1:${port}`) });
      const failed = to.github.get('/x').then(String, String);
      expect(await failed).toMatch(/an answer from 127\.0\.0\.1:\d+\/x, but /);
      expect(await failed).toMatch(/switched to another protocol \(101\).*; check GITHUB_API_URL or --api-url/);
    } finally {
      server.close();
    }
  });
  test('what is asked for may be missing where that is an answer', async () => {
    await using to = await against((_, response) => json(response, 404, { message: 'Not Found' }));
    expect(await to.github.find('/x')).toBeUndefined();
  });
});

/** By the error's code, in place of a network in which all of this goes wrong. */
test.each([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ECONNRESET',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'HPE_INVALID_CONSTANT',
  'HPE_HEADER_OVERFLOW',
  'E_UNHEARD_OF',
])('a failure of GitHub (%s) is looked for on the way to GitHub, never in a deployment', (code) => {
  const peer = { host: 'api.github.com', endpoint: 'api.github.com:443', kind: 'github' } as const;
  const { observed, hint } = classify(Object.assign(new Error(code), { code }), peer);
  expect(`${observed}; ${hint}`).not.toMatch(/backplane|ingress|kubeconfig/i);
  expect(hint).not.toBe('');
});

test.each([
  [undefined, undefined],
  ['', undefined],
  ['<https://a/?page=2>; rel="next"', 'https://a/?page=2'],
  [
    '<https://a/?page=1>; rel="prev", <https://a/?page=3>; rel="next", <https://a/?page=9>; rel="last"',
    'https://a/?page=3',
  ],
  ['<https://a/?page=9>; rel="last"', undefined],
  ['<https://a/?q=;rel=next>; rel="first"', undefined],
  ['<https://a/?page=2>; rel=next', 'https://a/?page=2'],
  ['<https://a/?page=2>; rel="nextish"', undefined],
])('the next page of %j', (header, target) => {
  expect(nextLink(header)).toBe(target);
});
