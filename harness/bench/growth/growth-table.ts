import { seconds } from '@meho/core/report/timeline';
import { table } from '../table.ts';
import { allowedMs, count, lawText } from './law.ts';
import type { Grown } from './run-growth.ts';

/** A row a size; what breaks a law follows below. */
export function growthTable(grown: readonly Grown[]): string {
  const rows = grown.flatMap(({ axis, points, baseline }) =>
    points.map((point) => {
      const other = baseline.find(({ size }) => size === point.size);
      return [
        axis.name,
        `${count(point.size)} ${axis.unit}`,
        seconds(point.ms),
        seconds(allowedMs(axis.law, points[0] ?? point, point.size)),
        `${Math.round(point.mib)} of ${axis.law.mib} MiB`,
        other === undefined ? '' : seconds(other.ms),
        other === undefined ? '' : `${Math.round(other.mib)} MiB`,
      ];
    }),
  );
  const laws = grown.map(({ axis, breaches, baselineTrouble }) => {
    const verdict = breaches.length === 0 ? 'holds' : `BROKEN: ${breaches.join('; ')}`;
    return `${axis.name}: ${lawText(axis.law)}: ${verdict}${baselineTrouble === undefined ? '' : `; not measured of the other build: ${baselineTrouble}`}`;
  });
  const head = ['axis', 'size', 'verdict', 'allowed', 'memory', 'other build', 'memory'];
  return `${table(head, rows)}\n\n${laws.join('\n')}`;
}
