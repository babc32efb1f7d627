import { describe, expect, test } from 'vitest';
import { type FakeRepository, fakeRepository, greenSmokes } from './github/testing/fake-repository.ts';
import { count } from './testing/count-fake.ts';

describe('an incomplete history', () => {
  const without = (...numbers: readonly number[]): FakeRepository => {
    const fake = fakeRepository(greenSmokes(9));
    return { ...fake, runs: fake.runs.filter(({ number }) => !numbers.includes(number)) };
  };
  test('ends where a run is missing', async () => {
    expect(await count(without(4))).toMatchObject({
      streak: 5,
      incomplete: 'run number 4 is missing between run 9005 and run 9003: deleted, or not shown',
    });
  });
  test('ends before the oldest that is left', async () => {
    expect(await count(without(1, 2))).toMatchObject({
      streak: 7,
      incomplete: 'run numbers 1 to 2 are missing before run 9003',
    });
  });
  test('is complete where a run resets before', async () => {
    const fake = fakeRepository([
      ...greenSmokes(5),
      { pull: 300, run: 6, changes: { conclusion: 'failure' } },
      { pull: 301, run: 7 },
    ]);
    const { streak, incomplete, runs } = await count({
      ...fake,
      runs: fake.runs.filter(({ number }) => number !== 3),
    });
    expect({ streak, incomplete, looked: runs.length }).toEqual({ streak: 1, incomplete: undefined, looked: 2 });
  });
  test('nothing at all is a streak of none', async () => {
    expect(await count(fakeRepository([]))).toEqual({ streak: 0, runs: [] });
  });
});
