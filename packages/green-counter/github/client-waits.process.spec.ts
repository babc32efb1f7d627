import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Hiccups } from '@meho/core/http/hiccups';
import { closedPort } from '@meho/core/http/testing/local-server';
import { describe, expect, test } from 'vitest';
import { rateLimitWaitMs } from './rate-limit.ts';
import { against, json } from './testing/against.ts';

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
      /left alone for (59\d|60\d) s, and 3 s of waiting are left; next: run again in/,
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
      /403 \(Resource not accessible by integration\); next: GITHUB_TOKEN needs to read/,
    );
  });
});

describe('what is tried again, and what is not', () => {
  test('a connection that breaks is tried until the deadline', async () => {
    await using to = await against((_, response, times) =>
      times < 2 ? response.destroy() : json(response, 200, { at: times }),
    );
    expect(await to.github.get('/x')).toEqual({ at: 2 });
    await using never = await against((_, response) => response.destroy(), { deadlineMs: 2_000 });
    const started = performance.now();
    await expect(never.github.get('/x')).rejects.toThrow(
      /closed the connection before it answered \(tried [2-9] times\); next: GitHub .* cuts connections/,
    );
    expect(performance.now() - started).toBeLessThan(10_000);
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
    await expect(to.github.get('/x')).rejects.toThrow(/sent no answer within 0\.\d+ s.*; next: GitHub .* is slow/);
    expect(performance.now() - started).toBeLessThan(10_000);
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
    [301, /301 to \/elsewhere; next: the repository has moved/],
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
      /seen 502 \(Server Error\) \(tried [2-9] times\); next: GitHub has trouble: run again later/,
    );
  });
  test('a whole answer that is no JSON: asked once', async () => {
    await using to = await against((_, response) => response.writeHead(200).end('{"workflow_runs":[{"id":1'));
    await expect(to.github.get('/x')).rejects.toThrow(/expected JSON from .*; seen 25 characters that are none/);
    expect(to.asked).toHaveLength(1);
  });
  test('nobody listens', async () => {
    const apiUrl = new URL(`http://127.0.0.1:${await closedPort()}`);
    await using to = await against(() => undefined, { apiUrl });
    await expect(to.github.get('/x')).rejects.toThrow(
      /refused the connection \(tried [3-9] times\); next: nothing listens there: check GITHUB_API_URL/,
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
      expect(await failed).toMatch(/an answer from 127\.0\.0\.1:\d+\/x; seen /);
      expect(await failed).toMatch(/switched to another protocol \(101\).*; next: check GITHUB_API_URL or --api-url/);
    } finally {
      server.close();
    }
  });
  test('what is asked for may be missing where that is an answer', async () => {
    await using to = await against((_, response) => json(response, 404, { message: 'Not Found' }));
    expect(await to.github.find('/x')).toBeUndefined();
  });
});

/** Uses error codes instead of a broken network. */
