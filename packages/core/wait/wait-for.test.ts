import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { holds, never, notYet, WaitError, waitFor } from './wait-for.ts';

const failureOf = async (promise: Promise<unknown>): Promise<WaitError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WaitError);
  return error as WaitError;
};

test('gives the value of the first probe that holds', async () => {
  let looks = 0;
  const value = await waitFor(
    'the third look',
    async () => {
      looks += 1;
      return looks === 3 ? holds('here') : notYet(`look ${looks}`);
    },
    { deadlineMs: 9000, intervalMs: 1 },
  );
  expect([value, looks]).toEqual(['here', 3]);
});

test('a deadline names what was waited for, how long and what was seen last', async () => {
  const error = await failureOf(
    waitFor('node a to be Ready', async () => notYet('Ready=False'), { deadlineMs: 50, intervalMs: 5 }),
  );
  expect(error.reason).toBe('deadline');
  expect(error.waitedMs).toBeGreaterThanOrEqual(45);
  expect(error.message).toMatch(/^waited \d\.\d s for node a to be Ready \(deadline\); last seen: Ready=False$/);
});

test('a probe that hangs does not hold up the deadline', async () => {
  const error = await failureOf(waitFor('an answer', () => new Promise(() => undefined), { deadlineMs: 50 }));
  expect(error.reason).toBe('deadline');
});

test('never ends the wait at once', async () => {
  const started = performance.now();
  const error = await failureOf(waitFor('a Job', async () => never('it failed'), { deadlineMs: 60_000 }));
  expect(error.reason).toBe('never');
  expect(error.lastObserved).toBe('it failed');
  expect(performance.now() - started).toBeLessThan(9000);
});

test('a probe that throws is not yet, and its last error is the cause', async () => {
  const refused = new Error('connection refused');
  const error = await failureOf(waitFor('a server', () => Promise.reject(refused), { deadlineMs: 30, intervalMs: 5 }));
  expect(error.lastObserved).toBe('connection refused');
  expect(error.cause).toBe(refused);
});

test('an abort ends it, also while a probe is under way', async () => {
  const controller = new AbortController();
  const wait = failureOf(
    waitFor('something', () => delay(60_000, notYet('')), { deadlineMs: 60_000, signal: controller.signal }),
  );
  controller.abort();
  expect((await wait).reason).toBe('aborted');
});

test('the error of an inner wait passes through as what was seen', async () => {
  const error = await failureOf(
    waitFor('outer', () => waitFor('inner', async () => never('broken'), { deadlineMs: 10 }).then(holds), {
      deadlineMs: 50,
      intervalMs: 5,
    }),
  );
  expect(error.what).toBe('outer');
  expect(error.lastObserved).toContain('inner');
});
