import { seconds } from '@meho/core/report/timeline';
import type { Measured } from './bench.ts';

/** A ratio below 1 beats the baseline, or is a part's share; shares of parallel parts may exceed 1 in sum. */
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
  return table(head, cells);
}

export function table(head: readonly string[], cells: readonly (readonly string[])[]): string {
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

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  if (low === undefined || high === undefined) {
    throw new Error('a median needs at least one value');
  }
  return (low + high) / 2;
}
