import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitStories } from './split-stories.ts';

const minutes = (times: Readonly<Record<string, number>>) =>
  new Map(Object.entries(times).map(([story, each]) => [story, each * 60_000]));

test('the longest stories are in different shards, and short ones fill up', () => {
  const times = minutes({ a: 5, b: 4, c: 3, d: 2, e: 1, f: 1 });
  expect(splitStories(['a', 'b', 'c', 'd', 'e', 'f'], 2, times)).toEqual([
    { stories: ['a', 'd', 'e'], weight: 8 * 60_000 },
    { stories: ['b', 'c', 'f'], weight: 8 * 60_000 },
  ]);
});

test('without times by their number', () => {
  expect(splitStories(['a', 'b', 'c', 'd', 'e'], 2).map(({ stories }) => stories)).toEqual([
    ['a', 'c', 'e'],
    ['b', 'd'],
  ]);
});

test('a story of no known time counts as the mean of the others, and one that was skipped as a second', () => {
  const shards = splitStories(['a', 'b', 'new', 'skipped'], 4, minutes({ a: 3, b: 3, skipped: 0 }));
  expect(shards.map(({ stories, weight }) => [...stories, weight / 1000])).toEqual([
    ['a', 180],
    ['b', 180],
    ['new', 120],
    ['skipped', 1],
  ]);
});

const input = fc.record({
  stories: fc.uniqueArray(fc.stringMatching(/^[a-zäÄß-]{1,6}$/), { minLength: 1, maxLength: 40 }),
  times: fc.option(fc.array(fc.integer({ min: 0, max: 600_000 })), { nil: undefined }),
  part: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('each story is in one shard, none is empty, and the order of the stories makes no difference', () => {
  fc.assert(
    fc.property(input, fc.infiniteStream(fc.nat()), ({ stories, times, part }, shuffle) => {
      const total = Math.max(1, Math.round(part * stories.length));
      const known = times && new Map(times.map((ms, index) => [stories[index] ?? '', ms]));
      const shards = splitStories(stories, total, known);
      expect(shards.flatMap((shard) => shard.stories).toSorted()).toEqual(stories.toSorted());
      expect(shards.filter((shard) => shard.stories.length === 0)).toEqual([]);
      const keys = new Map(stories.map((story) => [story, shuffle.next().value]));
      const shuffled = stories.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      expect(splitStories(shuffled, total, known)).toEqual(shards);
    }),
    { numRuns: 200 },
  );
});

test('no shard has more than a whole story above the least', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 600_000 }), { minLength: 5, maxLength: 40 }), (times) => {
      const known = new Map(times.map((ms, index) => [`s${index}`, ms]));
      const weights = splitStories([...known.keys()], 5, known).map(({ weight }) => weight);
      expect(Math.max(...weights) - Math.min(...weights)).toBeLessThanOrEqual(Math.max(...times));
    }),
    { numRuns: 200 },
  );
});
