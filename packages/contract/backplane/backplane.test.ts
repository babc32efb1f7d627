import type { RequestListener, ServerResponse } from 'node:http';
import { serveHttps } from '@meho/core/http/testing/local-server';
import { type Authority, createAuthority } from '@meho/core/testing/authority';
import { beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../token/secret.ts';
import { Backplane } from './backplane.ts';

/** Transport is retried elsewhere, verdicts never. */

let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority();
});

const token = new Secret('a.b.c');
const ownAnswer = { 'x-request-id': 'r' };

async function requestsTo(
  answer: (response: ServerResponse, count: number) => void,
  asked: (of: Backplane) => unknown,
  deadlineMs = 30_000,
) {
  const authorized: boolean[] = [];
  const handler: RequestListener = (request, response) => {
    authorized.push(request.headers.authorization !== undefined);
    answer(response, authorized.length);
  };
  await using server = await serveHttps(await authority.issue({ dnsNames: ['meho.example.com'] }), handler);
  using backplane = new Backplane({
    origin: new URL('https://meho.example.com'),
    connectTo: { host: '127.0.0.1', port: server.port },
    ca: [authority.certificatePem],
    deadlineMs,
    routedWithinMs: 2000,
  });
  await asked(backplane);
  return { withToken: authorized.filter(Boolean).length, without: authorized.filter((each) => !each).length };
}

const says =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end('{}');
const resets = (response: ServerResponse) => response.socket?.destroy();
const breaksOff = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('half', () => response.socket?.destroy());
};

const signal = new AbortController().signal;

test('a request without a token is sent once as well, where the connection is closed before its answer', async () => {
  const seen = await requestsTo(
    (response, count) => (count === 1 ? says(200, ownAnswer)(response) : resets(response)),
    async (backplane) => {
      expect(await backplane.get('/healthz', signal)).toMatchObject({ kind: 'answer' });
      expect(await backplane.get('/version', signal)).toMatchObject({ kind: 'none', error: { failure: 'reset' } });
    },
  );
  expect(seen).toEqual({ withToken: 0, without: 2 });
});

describe.concurrent('a request with a token is sent once, whatever becomes of it', () => {
  test.each([200, 404, 429, 500, 502, 503, 504])('%d', async (status) => {
    const seen = await requestsTo(says(status), (backplane) => backplane.get('/api/v1/operator/me', signal, token));
    expect(seen).toEqual({ withToken: 1, without: 0 });
  });

  test.each<[string, (response: ServerResponse) => unknown, number?]>([
    ['429 with Retry-After', says(429, { 'retry-after': '1' })],
    ['a reset', resets],
    ['an answer that breaks off', breaksOff],
    ['silence', () => undefined, 3000],
  ])('%s', async (_, answer, deadlineMs) => {
    const seen = await requestsTo(answer, (of) => of.get('/api/v1/operator/me', signal, token), deadlineMs);
    expect(seen).toEqual({ withToken: 1, without: 0 });
  });

  test('also where a connection is kept that the server then closes', async () => {
    const first = says(200, ownAnswer);
    const seen = await requestsTo(
      (response, count) => (count === 1 ? first(response) : resets(response)),
      async (backplane) => {
        await backplane.get('/healthz', signal);
        await backplane.get('/api/v1/operator/me', signal, token);
      },
    );
    expect(seen).toEqual({ withToken: 1, without: 1 });
  });
});

describe.concurrent('a request without a token is sent again only while its route is waited for', () => {
  test.each<[string, (response: ServerResponse) => unknown]>([
    ['what the backplane itself answers', says(503, ownAnswer)],
    ['429', says(429, { 'retry-after': '1' })],
    ['500', says(500)],
    ['a reset', resets],
    ['an answer that breaks off', breaksOff],
  ])('not after %s', async (_, answer) => {
    expect(await requestsTo(answer, (backplane) => backplane.get('/healthz', signal))).toMatchObject({ without: 1 });
  });

  test("but after a gateway's own answer", async () => {
    const { without } = await requestsTo(says(503), (backplane) => backplane.get('/healthz', signal));
    expect(without).toBeGreaterThan(1);
  });
});
