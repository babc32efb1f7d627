import { describe, expect, test } from 'vitest';
import { statusLines, type TestStatus } from './test-status.ts';

const now = 1_000_000;
const underWay = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    file: 'suites/rollback/n-plus-1-and-back.spec.ts',
    name: `story ${index} ${'of many words '.repeat(10)}`,
    startedMs: now - 1000 * index,
  }));
const status = (changes: Partial<TestStatus> = {}): TestStatus => ({
  ...{ passed: 12, failed: 1, skipped: 0, left: 5, filesLeft: 0, underWay: [] },
  ...changes,
});

test('says what is done, failed and left, and what is under way with its time', () => {
  const one = { file: 'suites/smoke/federation.spec.ts', name: 'holds leg by leg', startedMs: now - 3200 };
  expect(statusLines(status({ skipped: 2, filesLeft: 7, underWay: [one] }), { columns: 100, rows: 40 }, now)).toEqual([
    '  12 passed, 1 failed, 2 skipped, 5 left, and 7 files to come',
    '  ▸ smoke/federation › holds leg by leg (3.20 s)',
  ]);
});

describe.each([
  [20, 4],
  [40, 10],
  [80, 24],
  [200, 60],
])('on %d columns and %d rows', (columns, rows) => {
  const lines = statusLines(status({ underWay: underWay(30) }), { columns, rows }, now);
  test('no line is as wide as the screen, with room for what a terminal echoes', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns - 3);
  });
  test('half of the screen stays free, and what is not shown is counted', () => {
    expect(lines.length).toBeLessThanOrEqual(Math.max(2, rows / 2));
    expect(lines.at(-1)).toMatch(/^ {2}and \d+/);
    const shown = lines.filter((line) => line.includes('▸'));
    expect(shown.length + Number(/\d+/.exec(lines.at(-1) ?? '')?.[0])).toBe(30);
    // The one that takes longest.
    expect(shown.every((line) => line.endsWith(' s)'))).toBe(true);
  });
});

test('a name steers no terminal', () => {
  const evil = { file: 'suites/a.spec.ts', name: 'x\u001b[2J\n::error::y', startedMs: now };
  const [, line = ''] = statusLines(status({ underWay: [evil] }), { columns: 100, rows: 40 }, now);
  expect(line).not.toMatch(/\p{Cc}/u);
});
