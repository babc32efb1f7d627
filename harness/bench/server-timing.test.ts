import { expect, test } from 'vitest';
import { serverTimings } from './server-timing.ts';

test('durations by name; what has none is left out', () => {
  const header = 'vault;dur=8.1, schema;desc="queries";dur=2 ,miss, audit;dur=soon, broadcast;DUR=0';
  expect([...serverTimings(header)]).toEqual([
    ['vault', 8.1],
    ['schema', 2],
    ['broadcast', 0],
  ]);
  expect(serverTimings('').size).toBe(0);
});
