import { expect, test } from 'vitest';
import { toldOnce } from './told-once.ts';

const { signal } = new AbortController();

test('it is done once for all that ask', async () => {
  let times = 0;
  const start = toldOnce(async () => {
    times += 1;
    return times;
  });
  expect(await Promise.all([start(signal), start(signal)])).toEqual([1, 1]);
});

test('why it failed is told in full once, and every other fails with a reference to that', async () => {
  const start = toldOnce(() => Promise.reject(new Error('healthz is red on the healthy release')));
  const told = await Promise.allSettled([start(signal), start(signal), start(signal)]);
  expect(told.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
    'Error: healthz is red on the healthy release',
    expect.stringMatching(/^Error: not injected: .*the first failure of this suite says why$/),
    expect.stringMatching(/^Error: not injected: /),
  ]);
});
