import { expect, test } from 'vitest';
import type { Sample } from '../load/load-report.ts';
import { recordRollback } from './record-rollback.ts';

const sample = (sentMs: number, tookMs: number, failure?: string): Sample => ({
  ...{ requestId: `r${sentMs}`, sentMs, endedMs: sentMs + tookMs },
  ...(failure === undefined ? {} : { failure }),
});
const moments = [
  { title: 'N serves', atMs: 1000, rows: 2 },
  { title: 'upgrade', atMs: 2000 },
] as const;

test('puts each request into its stage and bin, and each gap where it begins', () => {
  const samples = [sample(1000, 10), sample(1100, 30), sample(2050, 20, '503 away'), sample(2900, 40)];
  const record = recordRollback({
    ratePerSecond: 20,
    moments: [...moments],
    endedMs: 3000,
    samples,
    rowsOfAnswered: 3,
  });
  expect(record.stages).toEqual([
    { title: 'N serves', atMs: 0, rows: 2, requests: 2, failed: 0, medianMs: 30, slowestMs: 30, longestGapMs: 1810 },
    { title: 'upgrade', atMs: 1000, requests: 2, failed: 1, medianMs: 40, slowestMs: 40, longestGapMs: 60 },
  ]);
  expect(record.binMs).toBe(500);
  expect(record.bins.map(({ requests, failed }) => [requests, failed])).toEqual([
    ...[
      [2, 0],
      [0, 0],
      [1, 1],
      [1, 0],
    ],
  ]);
  expect(record.gaps[0]).toEqual({ fromMs: 130, durationMs: 1810 });
  expect(record).toMatchObject({ answered: 3, rowsOfAnswered: 3, failures: [{ atMs: 1050, why: '503 away' }] });
});

test('an hour has no more bins than a picture', () => {
  const record = recordRollback({ ratePerSecond: 20, moments: [moments[0]], endedMs: 3_601_000, samples: [] });
  expect(record.bins.length).toBeLessThanOrEqual(240);
  expect(record.gaps).toEqual([{ fromMs: 0, durationMs: 3_600_000 }]);
});
