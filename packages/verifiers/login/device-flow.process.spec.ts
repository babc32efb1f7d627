import { connect } from 'node:net';
import { serveTcp } from '@meho/core/http/testing/local-server';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createIssuerFixture,
  granted,
  ISSUER,
  type IssuerFixture,
  matchesChallenge,
  pending,
  refused,
  TOKEN,
} from '../testing/scripted-issuer.ts';
import { askForCode, awaitToken } from './device-flow.ts';
import type { DeviceClient } from './device-flow-issuer.ts';

// Real intervals take seconds, so all tests run at once.
vi.setConfig({ testTimeout: 30_000, maxConcurrency: 20 });

let issuers: IssuerFixture;

beforeAll(async () => {
  issuers = await createIssuerFixture();
});

afterAll(() => issuers[Symbol.asyncDispose]());

const gaps = (polls: readonly { readonly atMs: number }[]) =>
  polls.slice(1).map(({ atMs }, index) => atMs - (polls[index]?.atMs ?? 0));

describe.concurrent('PKCE', () => {
  test('an issuer that demands it by S256 gives the token', async () => {
    await using issuer = await issuers.issuer({
      device: (good, form) =>
        form.get('code_challenge_method') === 'S256' && /^[\w-]{43}$/.test(form.get('code_challenge') ?? '')
          ? [200, good]
          : refused('invalid_request', 'Missing parameter: code_challenge_method'),
      token: (polls) =>
        matchesChallenge(
          polls.at(-1)?.form.get('code_verifier') ?? null,
          issuer.asked[0]?.get('code_challenge') ?? null,
        )
          ? granted
          : refused('invalid_grant', 'PKCE verification failed'),
    });
    const { exitCode, out } = await issuer.login();
    expect({ exitCode, sub: decodeJwt(out.trim()).sub }).toEqual({ exitCode: 0, sub: 'operator' });
    expect(out).toBe(`${TOKEN}\n`);
  });

  test('no two logins have the same secret', async () => {
    await using issuer = await issuers.issuer({ token: () => refused('access_denied') });
    await Promise.all([issuer.login(), issuer.login()]);
    const [one, other] = issuer.asked.map((form) => form.get('code_challenge'));
    expect(one).not.toBe(other);
  });

  test.each([
    ['code', { device: () => refused('invalid_request', 'Missing parameter: code_challenge_method') }],
    ['token', { token: () => refused('invalid_grant', 'PKCE verification failed: Code mismatch') }],
  ])('one that wants it otherwise is not put down to the client id, at the %s', async (_, script) => {
    await using issuer = await issuers.issuer(script);
    const { exitCode, err } = await issuer.login();
    expect(exitCode).toBe(1);
    expect(err).toMatch(/PKCE by S256 always: set the client's method to S256/);
    expect(err).not.toMatch(/--client-id/);
  });
});

describe.concurrent('while nobody has confirmed', () => {
  test('429 is not the end, and Retry-After is kept to', async () => {
    await using issuer = await issuers.issuer({
      token: ({ length }) => (length === 1 ? [429, { error: 'too_many' }, { 'retry-after': '3' }] : granted),
    });
    const { exitCode, out, lines } = await issuer.login();
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: `${TOKEN}\n` });
    expect(lines.at(-1)).toMatch(/^\[ok\] logged in; the issuer said 429 once, answered after 3\.\d s$/);
    expect(gaps(issuer.polls)).toEqual([expect.closeTo(3000, -3)]);
    expect(gaps(issuer.polls)[0]).toBeGreaterThan(2900);
  });

  test.each([
    ['503', [503, '<html>busy</html>', { 'content-type': 'text/html' }]],
    ['an error with 200', [200, { error: 'authorization_pending' }]],
    ['a connection that ends', (request: { socket: { destroy(): void } }) => request.socket.destroy()],
  ] as const)('%s is not the end', async (_, trouble) => {
    await using issuer = await issuers.issuer({ token: ({ length }) => (length === 1 ? trouble : granted) });
    const { exitCode, out } = await issuer.login();
    expect({ exitCode, out, polls: issuer.polls.length }).toEqual({ exitCode: 0, out: `${TOKEN}\n`, polls: 2 });
  });

  test('a proxy that has lost the issuer for a while is not the end', async () => {
    await using issuer = await issuers.issuer();
    let ways = 0;
    await using proxy = await serveTcp((client) => {
      ways += 1;
      const isLost = ways === 3;
      client.once('data', () => {
        if (isLost) {
          client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
          return;
        }
        const upstream = connect(issuer.port, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n');
          client.pipe(upstream).pipe(client);
        });
        upstream.on('error', () => client.destroy());
      });
    });
    const client: DeviceClient = {
      issuer: new URL(ISSUER),
      clientId: 'meho-cli',
      routeTo: () => ({
        ca: [issuer.caPem],
        proxy: { scheme: 'http', host: '127.0.0.1', port: proxy.port, source: 'HTTPS_PROXY' },
      }),
      deadlineMs: 10_000,
      signal: new AbortController().signal,
    };
    const { accessToken } = await awaitToken(client, await askForCode(client), 10_000);
    expect({ accessToken, ways, polls: issuer.polls.length }).toEqual({ accessToken: TOKEN, ways: 4, polls: 1 });
  });

  test('a token whose answer was lost is given only once, and the line says so', async () => {
    await using issuer = await issuers.issuer({
      token: ({ length }) =>
        length === 1 ? (request) => request.socket.destroy() : refused('invalid_grant', 'Device code not valid'),
    });
    const { exitCode, err } = await issuer.login();
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/lost on the way.*run it again/) });
  });

  test('slow_down adds 5 s', async () => {
    await using issuer = await issuers.issuer({
      token: ({ length }) => (length === 1 ? refused('slow_down') : granted),
    });
    expect((await issuer.login()).exitCode).toBe(0);
    expect(gaps(issuer.polls)[0]).toBeGreaterThan(5900);
  });

  test.each([
    ['0', 0],
    ['negative', -1],
    ['text', 'often'],
    ['null', null],
  ])('an interval that is %s is as none: 5 s', async (_, interval) => {
    await using issuer = await issuers.issuer({
      device: (good) => [200, { ...good, interval }],
      token: ({ length }) => (length === 1 ? pending : granted),
    });
    expect((await issuer.login(['--timeout=20'])).exitCode).toBe(0);
    expect(gaps(issuer.polls)[0]).toBeGreaterThan(4900);
  });

  test('a huge interval leaves the last poll', async () => {
    await using issuer = await issuers.issuer({ device: (good) => [200, { ...good, interval: 1e300 }] });
    const { exitCode, tookMs } = await issuer.login(['--timeout=2']);
    expect({ exitCode, polls: issuer.polls.length }).toEqual({ exitCode: 0, polls: 1 });
    expect(tookMs).toBeGreaterThan(1900);
  });

  test('who has confirmed in the last moment is logged in', async () => {
    let confirmedAtMs = Number.POSITIVE_INFINITY;
    await using issuer = await issuers.issuer({
      device: (good) => [200, { ...good, interval: 2 }],
      token: () => (performance.now() >= confirmedAtMs ? granted : pending),
    });
    const { exitCode, err } = await issuer.login(['--timeout=5'], {
      onInvitation: () => {
        confirmedAtMs = performance.now() + 4500;
      },
    });
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringContaining('[ok] logged in') });
    expect(Math.min(...gaps(issuer.polls))).toBeGreaterThan(1900);
  });

  test('a last poll that meets trouble is asked again at once', async () => {
    await using issuer = await issuers.issuer({
      token: ({ length }) => (length === 1 ? [503, {}] : granted),
    });
    const { exitCode, err } = await issuer.login(['--timeout=1']);
    expect({ exitCode, err }).toEqual({
      exitCode: 0,
      err: expect.stringMatching(/\[ok\] logged in; the issuer said 503 once, answered after \d\.\d s\n$/),
    });
  });

  test('nobody confirms until time is up: 1, with what was waited for', async () => {
    await using issuer = await issuers.issuer({ token: () => pending });
    const { exitCode, out, lines, tookMs } = await issuer.login(['--timeout=3']);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(lines[1]).toBe(
      '[FAIL] login: expected the code to be confirmed within 3 s; seen nobody has confirmed the code (authorization_pending); next: run it again for a new code; where the browser showed an error, that comes first',
    );
    expect(tookMs).toBeLessThan(6000);
  });

  test('a token endpoint that never answers keeps nobody beyond the end', async () => {
    await using issuer = await issuers.issuer({ token: () => () => undefined });
    const { exitCode, err, tookMs } = await issuer.login(['--timeout=2']);
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringMatching(/no answer of the issuer: .*sent no answer/),
    });
    expect(tookMs).toBeLessThan(6500);
  });

  test('a signal ends the wait with 2 and nothing on standard output', async () => {
    await using issuer = await issuers.issuer({ token: () => pending });
    const controller = new AbortController();
    const onInvitation = () => controller.abort(new Error('interrupted by SIGINT'));
    const { exitCode, out, lines, tookMs } = await issuer.login([], { signal: controller.signal, onInvitation });
    expect({ exitCode, out, last: lines.at(-1) }).toEqual({
      exitCode: 2,
      out: '',
      last: 'error: interrupted by SIGINT: no login',
    });
    expect(tookMs).toBeLessThan(5000);
  });
});
