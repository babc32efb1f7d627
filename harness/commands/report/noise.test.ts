import { expect, test } from 'vitest';
import { beyondNoise, median } from './noise.ts';

test.each<[string, readonly number[], number, string | undefined]>([
  ['twice as long and 10 s more', [10_000], 20_000, 'slower'],
  ['half as long', [20_000], 10_000, 'faster'],
  ['five times as long, and within the floor', [300], 1_500, undefined],
  ['10 s more, and less than the factor', [100_000], 110_000, undefined],
  ['exactly the factor and the floor', [4_000], 6_000, 'slower'],
  ['a little below both', [4_000], 5_999, undefined],
  ['slower than one of two', [10_000, 30_000], 35_000, undefined],
  ['slower than both', [10_000, 30_000], 45_000, 'slower'],
  ['no earlier time', [], 60_000, undefined],
  ['four alike: 3 s more stand out, whatever the factor', [60_000, 60_100, 59_900, 60_050], 63_000, 'slower'],
  ['four far apart: the same is noise', [50_000, 70_000, 55_000, 66_000], 80_000, undefined],
  ['one outlier among them widens nothing', [60_000, 60_100, 59_900, 60_050, 200_000], 70_000, 'slower'],
  ['four alike to the millisecond: the floor holds', [1_000, 1_000, 1_000, 1_000], 2_900, undefined],
  ['far below four', [60_000, 60_100, 59_900, 60_050], 50_000, 'faster'],
])('%s', (_, before, after, change) => {
  expect(beyondNoise(before, after)).toBe(change);
});

test('the median of an even count lies between', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});
