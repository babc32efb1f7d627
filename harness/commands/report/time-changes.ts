import { busyTime } from '@meho/core/report/promises/busy-time';
import type { RunReport } from '@meho/core/report/run-report';
import { beyondNoise, type Change } from './noise.ts';

export interface TimeChange {
  readonly what: 'run' | 'phase' | 'story' | 'test';
  readonly name: string;
  /** In the order of the runs. */
  readonly beforeMs: readonly number[];
  readonly afterMs: number;
  readonly change: Change;
}

type Times = ReadonlyMap<string, number>;

/** Largest difference first. Only what passed in both is compared: a failure ends early or waits for its deadline. */
export function timeChanges(before: readonly RunReport[], after: RunReport): readonly TimeChange[] {
  const earlier = before.map(timesOf);
  return [...timesOf(after)]
    .flatMap(([key, afterMs]) => {
      const beforeMs = earlier.flatMap((times) => times.get(key) ?? []);
      const change = beyondNoise(beforeMs, afterMs);
      const [what, name]: [TimeChange['what'], string] = JSON.parse(key);
      return change === undefined ? [] : [{ what, name, beforeMs, afterMs, change }];
    })
    .toSorted((a, b) => distance(b) - distance(a));
}

function distance({ beforeMs, afterMs }: TimeChange): number {
  return Math.abs(afterMs - (beforeMs.at(-1) ?? 0));
}

function timesOf({ outcome, durationMs, phases, tests }: RunReport): Times {
  const times = new Map<string, number>();
  const add = (what: TimeChange['what'], name: string, ms: number) => {
    const key = JSON.stringify([what, name]);
    times.set(key, Math.round((times.get(key) ?? 0) + ms));
  };
  if (outcome === 'passed') {
    add('run', 'the whole run', durationMs);
  }
  for (const phase of phases.filter(({ depth, failed }) => depth === 0 && !failed)) {
    add('phase', phase.title, phase.durationMs);
  }
  const notWhole = new Set(tests.filter(({ state }) => state !== 'passed').map(({ file }) => file));
  for (const test of tests.filter(({ state }) => state === 'passed')) {
    add('test', `${test.file} › ${test.name}`, test.durationMs);
  }
  for (const [file, all] of Map.groupBy(tests, (test) => test.file)) {
    if (!notWhole.has(file)) {
      // Some run their tests beside each other.
      add('story', file, busyTime(all));
    }
  }
  return times;
}
