import { expect, test } from 'vitest';
import { busyMs } from './build-times.ts';

const part = (title: string, at: string, seconds: number) => ({ title, seconds, at: `2026-01-02T03:${at}.000Z` });

test('what was built side by side counts once, a pause in between not at all', () => {
  const parts = [
    part('a', '01:00', 60),
    part('beside a', '01:10', 30),
    part('within a', '00:50', 10),
    part('after a pause', '10:00', 5),
  ];
  expect(busyMs(parts)).toBe(75_000);
  expect(busyMs([])).toBe(0);
});
