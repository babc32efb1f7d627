import { expect, test } from 'vitest';
import { planShard } from './shard-plan.ts';

const stories = ['suites/a', 'suites/b', 'suites/c'];
const times = {
  ...{ place: 'last', digest: '3f2a', setUpMs: 40_000 },
  ms: new Map([
    ['suites/a', 100_000],
    ['suites/b', 60_000],
  ]),
};

test('the balance is told of all shards, with what each does anyway', () => {
  const { lines, record } = planShard({ index: 2, total: 2 }, stories, times);
  expect(lines).toEqual([
    'shard 2/2 of 3 stories, split by the times of last:',
    '    1/2       100.0 s  1 story',
    '    2/2    2 min 20 s  2 stories  (this one)',
    '  each brings up its environment first, which took 40.0 s; together the longest takes 64 % of what one machine does',
    "  stories that the times don't have: 1, taken for as long as the mean",
  ]);
  expect(record).toEqual({
    ...{ index: 2, total: 2, stories: ['suites/b', 'suites/c'], all: stories, splitBy: 'times 3f2a' },
  });
});

test('without times by number, and no seconds are made up', () => {
  const { lines, record } = planShard({ index: 1, total: 2 }, stories, undefined);
  expect(lines).toEqual([
    'shard 1/2 of 3 stories, split by their number (no --times):',
    '    1/2  2 stories  (this one)',
    '    2/2  1 story',
  ]);
  expect(record.splitBy).toBe('number');
});

test('all shards together have each story once', () => {
  const all = [1, 2].flatMap((index) => planShard({ index, total: 2 }, stories, times).record.stories);
  expect(all.toSorted()).toEqual(stories);
});
