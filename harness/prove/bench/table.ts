import { seconds } from '../../report/timeline.ts';
import type { Measured } from './bench.ts';

/**
 * The bench table. A ratio below 1 is faster than the baseline, which met the same load; of a part it is its share. Parts
 * that run side by side have shares of more than 1 together.
 */
export function benchTable(rows: readonly Measured[]): string {
  const cells = rows.map(({ what, tookMs, barMs, baseline }) => [
    what,
    seconds(tookMs),
    ...(barMs === undefined ? ['', ''] : [seconds(barMs), tookMs <= barMs ? 'met' : 'MISSED']),
    ...(baseline === undefined
      ? ['', '', '']
      : [seconds(baseline.tookMs), (tookMs / baseline.tookMs).toFixed(2), baseline.name]),
  ]);
  const head = ['what', 'took', 'bar', '', 'baseline', 'ratio', 'baseline is'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The middle of an odd number of values, the mean of the two in the middle of an even one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) {
    throw new Error('a median needs at least one value');
  }
  return (low + high) / 2;
}
