import { expect, test } from 'vitest';
import { benchTable, median } from './table.ts';

test('the median of odd, even and no values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow('at least one');
});

test('a bar is met or MISSED, a ratio is against the named baseline; a part has no bar', () => {
  const [, verdict, part, cluster] = benchTable([
    { what: 'verdict', tookMs: 300, barMs: 330, baseline: { name: 'a shell', tookMs: 600 } },
    { what: '  of it TLS', tookMs: 30, baseline: { name: 'the verdict', tookMs: 300 } },
    { what: 'cluster', tookMs: 26_000, barMs: 25_000 },
  ]).split('\n');
  expect(verdict).toMatch(/^verdict\s+0\.30 s\s+0\.33 s\s+met\s+0\.60 s\s+0\.50\s+a shell$/);
  expect(part).toMatch(/^ {2}of it TLS\s+0\.03 s\s+0\.30 s\s+0\.10\s+the verdict$/);
  expect(cluster).toMatch(/^cluster\s+26\.0 s\s+25\.0 s\s+MISSED$/);
});
