import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { exchange, type TimedAnswer } from './exchange.ts';
import { Hiccups } from './hiccups.ts';
import { type Retry, retryAfterMs, retryRequest } from './retry.ts';
import { closedPort, serveHttp } from './testing/local-server.ts';
import { TransportError } from './transport-error.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const fine: Answer = (response) => response.end('fine');
const says =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('trouble');
const resets: Answer = (response) => response.socket?.destroy();
const breaksOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('half of', () => response.socket?.destroy());
};

/** Gives these answers in order, then repeats the last one. */
async function asked(answers: readonly Answer[], retry: Partial<Retry<TimedAnswer>> = {}) {
  let requests = 0;
  await using server = await serveHttp((request, response) => {
    const answer = answers[Math.min(requests, answers.length - 1)] ?? fine;
    requests += 1;
    answer(response, request);
  });
  const url = new URL(`http://127.0.0.1:${server.port}/`);
  const hiccups = new Hiccups();
  const started = performance.now();
  const outcome = await hiccups.during(() =>
    retryRequest((deadlineMs) => exchange({ url, deadlineMs }), {
      ...{ whom: 'the server', deadlineMs: 5000, ifPerhapsDone: 'repeat' },
      ...retry,
    }).then(
      ({ status, body }) => `${status} ${body}`,
      (error: unknown) => error,
    ),
  );
  return { outcome, requests, line: hiccups.line, tookMs: performance.now() - started };
}

describe.concurrent('asked again until it answers', () => {
  test.each<[string, readonly Answer[], RegExp]>([
    ['429', [says(429), fine], /^the server said 429 once, answered after 0\.\d s$/],
    ['each status that is trouble', [says(500), says(502), fine], /said 500 once and said 502 once, answered/],
    ['and again', [says(503), says(503), fine], /said 503 twice, answered/],
    ['a gateway that waited in vain', [says(504), fine], /said 504 once/],
    ['what gateways have for it', [says(507), says(520), says(529), fine], /said 507 once and said 520 once and/],
    ['a connection that was kept for too long', [says(408), fine], /said 408 once/],
    ['501 that says when to come back', [says(501, { 'retry-after': '1' }), fine], /said 501 once/],
    ['a connection that is closed', [resets, fine], /closed the connection once/],
    ['an answer that breaks off', [breaksOff, fine], /closed the connection once/],
  ])('%s', async (_, answers, line) => {
    const seen = await asked(answers);
    expect(seen).toMatchObject({ outcome: '200 fine', requests: answers.length });
    expect(seen.line).toMatch(line);
  });

  test('not before the server wants to be asked', async () => {
    const seen = await asked([says(429, { 'retry-after': '1' }), fine]);
    expect(seen).toMatchObject({ outcome: '200 fine', requests: 2 });
    expect(seen.tookMs).toBeGreaterThanOrEqual(990);
  });
});

test.each([200, 301, 400, 401, 403, 404, 409, 410, 501, 505])('%d is an answer', async (status) => {
  expect(await asked([says(status)])).toMatchObject({ outcome: `${status} trouble`, requests: 1, line: undefined });
});

test('429 is one for who has waits of its own for limits; 500 is not', async () => {
  expect(await asked([says(429)], { hasOwnLimits: true })).toMatchObject({ outcome: '429 trouble', requests: 1 });
  expect(await asked([says(500), fine], { hasOwnLimits: true })).toMatchObject({ outcome: '200 fine', requests: 2 });
});

describe.concurrent('bounded', () => {
  test('by the deadline, with what was said last', async () => {
    const seen = await asked([says(503)], { deadlineMs: 2000 });
    expect(seen.outcome).toBe('503 trouble');
    expect(seen.requests).toBeGreaterThanOrEqual(3);
    expect(seen.line).toMatch(/^the server said 503 (three|\d) times, given up after/);
    expect(seen.tookMs).toBeLessThan(8000);
  });

  test('at once where the server wants to be left alone for longer than there is time', async () => {
    const seen = await asked([says(429, { 'retry-after': '30' })], { deadlineMs: 5000 });
    expect(seen).toMatchObject({ outcome: '429 trouble', requests: 1 });
    expect(seen.line).toMatch(/^the server said 429 once and wants to be left alone for 30 s, given up after [0-3]/);
    expect(seen.tookMs).toBeLessThan(4000);
  });

  test('no attempt is given more than what is left', async () => {
    const seen = await asked([says(500), () => undefined], { deadlineMs: 1000 });
    // An attempt that was cut off says less than an earlier answer.
    expect(seen.outcome).toBe('500 trouble');
    expect(seen.line).toMatch(/said 500 once and did not answer in time once, given up/);
    expect(seen.tookMs).toBeLessThan(8000);
  });

  test('without a hot loop where the server says to come back at once', async () => {
    const seen = await asked([says(429, { 'retry-after': '0' })], { deadlineMs: 1000 });
    expect(seen.requests).toBeLessThan(6);
  });

  test('by the signal, in the middle of a wait', async () => {
    const stop = new AbortController();
    const why = new Error('interrupted');
    const answer: Answer = (response) => {
      says(429, { 'retry-after': '4' })(response, response.req);
      setTimeout(() => stop.abort(why), 100);
    };
    const seen = await asked([answer], { signal: stop.signal });
    expect(seen).toMatchObject({ outcome: why, requests: 1 });
    expect(seen.tookMs).toBeLessThan(3500);
  });
});

describe.concurrent('what can not be reached', () => {
  const unreached = async (retry: Partial<Retry<TimedAnswer>>) => {
    const url = new URL(`http://127.0.0.1:${await closedPort()}/`);
    const started = performance.now();
    const error: unknown = await retryRequest((deadlineMs) => exchange({ url, deadlineMs }), {
      ...{ whom: 'the server', deadlineMs: 3000, ifPerhapsDone: 'stop' },
      ...retry,
    }).catch((thrown: unknown) => thrown);
    return { error, tookMs: performance.now() - started };
  };

  test('is soon told', async () => {
    const { error, tookMs } = await unreached({ deadlineMs: 9000 });
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ failure: 'refused' });
    expect(tookMs).toBeLessThan(6000);
  });

  test('is tried to the end where something must not be left behind', async () => {
    const { error, tookMs } = await unreached({ isStubborn: true });
    expect(error).toMatchObject({ failure: 'refused' });
    expect(tookMs).toBeGreaterThan(1600);
  });
});

describe.concurrent('what may have been carried out', () => {
  test.each([
    ['500', says(500), '500 trouble'],
    ['a reset', resets, expect.objectContaining({ failure: 'reset' })],
  ])('%s is not repeated where that might do harm', async (_, answer, outcome) => {
    expect(await asked([answer, fine], { ifPerhapsDone: 'stop' })).toMatchObject({ outcome, requests: 1 });
  });

  test('429 is: nothing was begun', async () => {
    expect(await asked([says(429), fine], { ifPerhapsDone: 'stop' })).toMatchObject({ requests: 2 });
  });

  test('is looked for first, and repeated where it is not there', async () => {
    let looks = 0;
    const seen = await asked([resets, fine], {
      ifPerhapsDone: async () => {
        looks += 1;
        return undefined;
      },
    });
    expect([seen.outcome, seen.requests, looks]).toEqual(['200 fine', 2, 1]);
  });

  test('is taken for done where it is there', async () => {
    const timing = { connectMs: 0, tlsMs: 0, waitMs: 0, readMs: 0 };
    const done: TimedAnswer = { status: 201, headers: {}, body: 'found', timing };
    const seen = await asked([says(502), fine], { ifPerhapsDone: async () => done });
    expect(seen).toMatchObject({ outcome: '201 found', requests: 1 });
    expect(seen.line).toMatch(/said 502 once, answered/);
  });
});

test.each([
  ['7', undefined, 7000],
  ['Mon, 30 Nov 2026 10:00:05 GMT', 'Mon, 30 Nov 2026 10:00:00 GMT', 5000],
  ['Mon, 30 Nov 2026 09:59:00 GMT', 'Mon, 30 Nov 2026 10:00:00 GMT', undefined],
  ['Mon, 30 Nov 2026 10:00:02 GMT', undefined, 2000],
  ['9999999999', undefined, 9_999_999_999_000],
  ['0000000007', undefined, 7000],
  ['9'.repeat(400), undefined, Number.MAX_SAFE_INTEGER],
  ['0', undefined, undefined],
  ['soon', undefined, undefined],
  ['-3', undefined, undefined],
  [undefined, undefined, undefined],
])('Retry-After %s at %s is %s ms', (told, date, expected) => {
  const headers = { ...(told === undefined ? {} : { 'retry-after': told }), ...(date === undefined ? {} : { date }) };
  expect(retryAfterMs({ headers }, Date.parse('2026-11-30T10:00:00Z'))).toBe(expected);
});
