import { expect, test } from 'vitest';
import { describeLoad, type Sample, summarizeLoad } from './load-report.ts';

const sample = (sentMs: number, endedMs: number, failure?: string): Sample => ({
  requestId: `r${sentMs}`,
  sentMs,
  endedMs,
  ...(failure === undefined ? {} : { failure }),
});

test('a gap is the time between two answers; a failure is none', () => {
  const report = summarizeLoad([sample(0, 10), sample(50, 55, '503'), sample(100, 130), sample(120, 125)], 0, 200);
  expect(report).toEqual({
    requests: 4,
    failures: [{ requestId: 'r50', afterMs: 50, why: '503' }],
    answered: ['r0', 'r100', 'r120'],
    longestGapMs: 115,
    slowestMs: 30,
    durationMs: 200,
  });
  expect(describeLoad(report)).toBe(
    '4 requests, 1 failed (the first after 0.05 s for 503), longest gap 0.12 s, slowest 0.03 s',
  );
});

test('the time before the first answer and after the last is a gap as well', () => {
  expect(summarizeLoad([sample(0, 10)], 0, 500).longestGapMs).toBe(490);
  expect(summarizeLoad([sample(400, 480)], 0, 500).longestGapMs).toBe(480);
  expect(summarizeLoad([], 0, 500)).toMatchObject({ requests: 0, longestGapMs: 500 });
});

test('an answer that came after the phase ended is its last', () => {
  expect(summarizeLoad([sample(90, 300)], 0, 100)).toMatchObject({ longestGapMs: 300, durationMs: 100 });
});
