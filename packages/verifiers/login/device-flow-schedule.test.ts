import { expect, test } from 'vitest';
import { intervalMs, PollSchedule } from './device-flow-schedule.ts';

test.each([
  ['none', undefined, 5000],
  ['0', 0, 5000],
  ['a negative one', -3, 5000],
  ['a fraction of a second', 0.1, 1000],
  ['a fraction', 2.5, 2500],
  ['the usual', 5, 5000],
  ['more than a day', 1e15, 86_400_000],
  ['more than a number holds', Number.POSITIVE_INFINITY, 86_400_000],
])('an interval of %s', (_, seconds, expected) => {
  expect(intervalMs(seconds)).toBe(expected);
});

/** Assumes that polls take no time. */
function moments(schedule: PollSchedule, lastMs: number, after: (count: number) => number = () => 0): number[] {
  const seen: number[] = [];
  let now = schedule.after(0);
  while (seen.length < 1000) {
    seen.push(now);
    if (now >= lastMs) {
      return seen;
    }
    now = schedule.after(now, after(seen.length));
  }
  return seen;
}

test.each([
  [5000, 20_000, [5000, 10_000, 15_000, 20_000]],
  // One at 10,000 would get slow_down at 12,000, even after confirmation.
  [5000, 12_000, [5000, 12_000]],
  [5000, 3000, [3000]],
  [86_400_000, 3000, [3000]],
  [5000, 0, [0]],
])('every %i ms until %i: the last one when time is up, none too early', (interval, lastMs, expected) => {
  expect(moments(new PollSchedule(interval, lastMs), lastMs)).toEqual(expected);
});

test('slow_down adds 5 s for good, a timeout doubles', () => {
  const slower = new PollSchedule(1000, 60_000);
  slower.slowDown();
  expect(slower.after(0)).toBe(6000);
  slower.slowDown();
  expect(slower.after(0)).toBe(11_000);
  slower.backOff();
  expect(slower.after(0)).toBe(22_000);
});

test('is left alone for as long as the issuer wants, but asked when time is up', () => {
  const schedule = new PollSchedule(1000, 30_000);
  expect(schedule.after(0, 10_000)).toBe(10_000);
  expect(schedule.after(0, 500)).toBe(1000);
  expect(schedule.after(0, 90_000)).toBe(30_000);
});
