import { expect, test } from 'vitest';
import { once } from './once.ts';

test('the first call is the only one, whatever it returned', async () => {
  const calls: string[] = [];
  const work = once((what: string) => {
    calls.push(what);
    return undefined;
  });
  expect([work('a'), work('b')]).toEqual([undefined, undefined]);
  expect(calls).toEqual(['a']);
});

test('a failure is the same for all that ask', async () => {
  const work = once(() => Promise.reject(new Error('broken')));
  const [one, other] = await Promise.allSettled([work(), work()]);
  expect(one).toEqual(other);
  expect(one).toMatchObject({ status: 'rejected', reason: expect.objectContaining({ message: 'broken' }) });
});

test('what threw is tried again', () => {
  let isReady = false;
  const work = once(() => {
    if (!isReady) {
      throw new Error('not yet');
    }
    return 1;
  });
  expect(work).toThrow('not yet');
  isReady = true;
  expect(work()).toBe(1);
});
