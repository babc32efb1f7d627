import { expect, test } from 'vitest';
import { phaseTable, seconds, Timeline } from './timeline.ts';

test('seconds keep the precision a reader needs', () => {
  expect(seconds(412)).toBe('0.41 s');
  expect(seconds(12_345)).toBe('12.3 s');
  expect(seconds(310_000)).toBe('5 min 10 s');
});

test('phases come in the order in which they began, whatever order they ended in', () => {
  const timeline = new Timeline(0);
  timeline.add({ title: 'inner', depth: 1, startMs: 5, durationMs: 10, failed: false });
  timeline.add({ title: 'outer', depth: 0, startMs: 5, durationMs: 20, failed: false });
  timeline.add({ title: 'first', depth: 0, startMs: 1, durationMs: 2, failed: false });
  expect(timeline.phases.map((phase) => phase.title)).toEqual(['first', 'outer', 'inner']);
});

test('the table names each phase with its share and says which failed', () => {
  const table = phaseTable(
    [
      { title: 'cluster', depth: 0, startMs: 0, durationMs: 25_000, failed: false },
      { title: 'install', depth: 0, startMs: 25_000, durationMs: 25_000, failed: true },
    ],
    50_000,
  );
  expect(table.split('\n')).toEqual([
    'phase                  from       took  share',
    'cluster              0.00 s     25.0 s   50 %',
    'install (failed)     25.0 s     25.0 s   50 %',
    'total                           50.0 s       ',
  ]);
});
