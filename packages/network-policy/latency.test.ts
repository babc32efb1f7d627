import { describe, expect, test } from 'vitest';
import { openingOf, readLog } from './first-packets.ts';
import { type Latency, latencyLines } from './latency.ts';
import type { ProbeAnswer } from './matrix.ts';

const isClosed = (answer: ProbeAnswer) => answer === 'timed out' || answer === 'refused';
const sent = (...answers: readonly ProbeAnswer[]) =>
  answers.map((answer, index) => ({ answer, atMs: 1000 + index * 300 }));

describe('how long a new pod is not as its policy says', () => {
  test.each<[readonly ProbeAnswer[], number, boolean]>([
    [['timed out', 'timed out'], 0, true],
    [['connected', 'timed out', 'refused'], 300, true],
    [['connected', 'connected', 'timed out'], 600, true],
    // Briefly closed isn't closed.
    [['timed out', 'connected', 'timed out'], 600, true],
    [['timed out', 'connected'], 300, false],
    [['connected', 'connected'], 300, false],
  ])('%j: %d ms, ended: %s', (answers, wrongForMs, ended) => {
    expect(openingOf(sent(...answers), isClosed)).toEqual({ answers, wrongForMs, ended });
  });
});

test('a log gives each answer with the time of its packet, and what is no answer is never taken for one', () => {
  const line = (answer: string) => `{"target":"tcp/1/x","answer":"${answer}","tookMs":250,"evidence":""}`;
  const at = '2026-01-02T03:04:05.500000000Z';
  const log = `${at} ${line('connected')}\n${at} ${line('refused')}\n`;
  const atMs = Date.parse('2026-01-02T03:04:05.250Z');
  expect(readLog(log)).toEqual([
    { answer: 'connected', atMs },
    { answer: 'refused', atMs },
  ]);
  expect(() => readLog(`${at} ${line('connected')}\n`)).toThrow('nothing of use');
  expect(() => readLog(`${at} exec format error\n`)).toThrow('exec format error');
});

test('the lines say between when and when, and name a pod that is open before its policy lands', () => {
  const opening = { answers: [], wrongForMs: 0, ended: true };
  const latency: Latency = {
    effects: [
      { change: 'create', becomes: 'closed', afterMs: 20, byMs: 120 },
      { change: 'create', becomes: 'closed', afterMs: 0, byMs: 80 },
      { change: 'delete', becomes: 'open', afterMs: 5.4, byMs: 99.6 },
    ],
    newPods: [
      { forbidden: opening, allowed: opening },
      { forbidden: { ...opening, wrongForMs: 412 }, allowed: { ...opening, wrongForMs: 30, ended: false } },
    ],
  };
  expect(latencyLines(latency)).toEqual([
    'create a policy that closes: in effect between 0 ms and 120 ms after it was written (2 times)',
    'delete it: in effect between 5 ms and 100 ms after it was written (1 times)',
    'a new pod: closed from its first packet where it may not go; open from its first packet where it may',
    'a new pod: OPEN for 412 ms before its policy landed; closed for at least 30 ms where it may go',
  ]);
});
