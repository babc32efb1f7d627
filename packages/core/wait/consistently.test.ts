import { expect, test } from 'vitest';
import { consistently } from './consistently.ts';

test('passes when the promise holds all the time', async () => {
  let looks = 0;
  const probe = async () => {
    looks += 1;
    return undefined;
  };
  await consistently('silence', probe, { forMs: 1000, intervalMs: 5 });
  expect(looks).toBeGreaterThan(2);
});

test('fails at the first look that finds it broken', async () => {
  let looks = 0;
  const probe = async () => {
    looks += 1;
    return looks < 3 ? undefined : 'a knock';
  };
  await expect(consistently('silence', probe, { forMs: 5000, intervalMs: 1 })).rejects.toThrow(
    /expected silence for 5 s; broken after 0\.\d s: a knock/,
  );
  expect(looks).toBe(3);
});
