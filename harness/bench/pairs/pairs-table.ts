import { seconds } from '@meho/core/report/timeline';
import { median, table } from '../table.ts';
import type { Pair } from './pair-record.ts';
import type { PairSubject } from './subjects.ts';

/** The pairs themselves come to about 2. Above it something else was running: ratios hold better than times. */
const quietLoad = 2.5;

/** Medians of what was taken; a ratio below 1 beats the baseline. */
export function pairsTable(subjects: readonly PairSubject[], pairs: readonly Pair[]): string {
  const rows = subjects.flatMap((subject) => {
    const of = pairs.filter(({ subject: name }) => name === subject.name);
    return of.length === 0 ? [] : [rowOf(subject, of)];
  });
  const head = ['what', 'pairs', 'wall', 'baseline', 'ratio', 'cpu', 'baseline', 'ratio', 'bar', '', 'load'];
  return table(head, rows);
}

function rowOf({ what, bar }: PairSubject, pairs: readonly Pair[]): readonly string[] {
  const of = (side: 'own' | 'baseline', time: 'wallMs' | 'cpuMs') => median(pairs.map((pair) => pair[side][time]));
  const columns = (['wallMs', 'cpuMs'] as const).map((time) => {
    const [own, baseline] = [of('own', time), of('baseline', time)];
    return { cells: [seconds(own), seconds(baseline), (own / baseline).toFixed(2)], ratio: own / baseline };
  });
  const worst = Math.max(...columns.map(({ ratio }) => ratio));
  const load = Math.max(...pairs.map((pair) => pair.load));
  return [
    what,
    String(pairs.length),
    ...columns.flatMap(({ cells }) => cells),
    ...(bar === undefined ? ['', ''] : [bar.toFixed(2), worst <= bar ? 'met' : 'MISSED']),
    load > quietLoad ? `up to ${load.toFixed(1)}: not alone` : load.toFixed(1),
  ];
}
