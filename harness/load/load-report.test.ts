import { expect, test } from 'vitest';
import { type Sample, summary, tellLoad } from './load-report.ts';

const sample = (sentMs: number, endedMs: number, failure?: string): Sample => ({
  requestId: `r${sentMs}`,
  sentMs,
  endedMs,
  ...(failure === undefined ? {} : { failure }),
});

test('a gap is the time between two answers; a failure is none', () => {
  const report = summary([sample(0, 10), sample(50, 55, '503'), sample(100, 130), sample(120, 125)], 0, 200);
  expect(report).toEqual({
    requests: 4,
    failures: [{ requestId: 'r50', afterMs: 50, why: '503' }],
    answered: ['r0', 'r100', 'r120'],
    longestGapMs: 115,
    slowestMs: 30,
    durationMs: 200,
  });
  expect(tellLoad(report)).toBe(
    '4 requests, 1 failed (the first after 0.05 s for 503), longest gap 0.12 s, slowest 0.03 s',
  );
});

test('the time before the first answer and after the last is a gap as well', () => {
  expect(summary([sample(0, 10)], 0, 500).longestGapMs).toBe(490);
  expect(summary([sample(400, 480)], 0, 500).longestGapMs).toBe(480);
  expect(summary([], 0, 500)).toMatchObject({ requests: 0, longestGapMs: 500 });
});

test('an answer that came after the phase ended is its last', () => {
  expect(summary([sample(90, 300)], 0, 100)).toMatchObject({ longestGapMs: 300, durationMs: 100 });
});
