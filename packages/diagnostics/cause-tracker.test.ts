import { expect, test } from 'vitest';
import type { Cause } from './cause.ts';
import { CauseTracker } from './cause-tracker.ts';

const cause: Cause = { id: 'x', object: 'Pod a', expected: '', observed: '', next: '', graceMs: 6000 };

test('a cause counts once it has outlasted its grace', () => {
  const tracker = new CauseTracker();
  expect(tracker.observe([cause], 0)).toEqual([]);
  expect(tracker.observe([cause], 5000)).toEqual([]);
  expect(tracker.observe([cause], 6000)).toEqual([cause]);
});

test('one that flickers keeps its age', () => {
  const tracker = new CauseTracker();
  tracker.observe([cause], 0);
  tracker.observe([], 2000);
  expect(tracker.observe([cause], 4000)).toEqual([]);
  expect(tracker.observe([cause], 6500)).toEqual([cause]);
});

test('one that was gone for long starts anew', () => {
  const tracker = new CauseTracker();
  tracker.observe([cause], 0);
  expect(tracker.observe([cause], 20_000)).toEqual([]);
});

test('the same trouble of another object is another cause', () => {
  const tracker = new CauseTracker();
  tracker.observe([cause], 0);
  expect(tracker.observe([{ ...cause, object: 'Pod b' }], 7000)).toEqual([]);
});
