import { seconds } from '../../report/timeline.ts';

/** One line of the bench: what was measured, the bar of the design, and how a named baseline did in the same run. */
export interface Measured {
  readonly what: string;
  /** In milliseconds. */
  readonly tookMs: number;
  /** In milliseconds. */
  readonly barMs: number;
  readonly baseline?: { readonly name: string; readonly tookMs: number };
}

/** The bench table. A ratio below 1 is faster than the baseline; the baseline's load was the same. */
export function benchTable(rows: readonly Measured[]): string {
  const cells = rows.map(({ what, tookMs, barMs, baseline }) => [
    what,
    seconds(tookMs),
    seconds(barMs),
    tookMs <= barMs ? 'met' : 'MISSED',
    ...(baseline === undefined
      ? ['', '', 'none']
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
