import type { Night, NightRun } from './nights.ts';

/** Only `passed` is green. */
export type NightState = 'passed' | 'failed' | 'no verdict' | 'unreadable' | 'missing' | 'not yet';

/** @param today a night of today without a run may still come */
export function stateOf({ date, runs }: Night, today: string): NightState {
  const last = runs.at(-1);
  if (last === undefined) {
    return date === today ? 'not yet' : 'missing';
  }
  return stateOfRun(last);
}

export function stateOfRun({ run, unreadable }: NightRun): NightState {
  if (unreadable !== undefined) {
    return 'unreadable';
  }
  return run === undefined || run.report.ended !== undefined ? 'no verdict' : run.report.outcome;
}

/** E.g. `27 passed, 2 failed, 1 missing`. */
export function countOf(states: readonly NightState[]): string {
  const kinds: readonly NightState[] = ['passed', 'failed', 'no verdict', 'unreadable', 'missing', 'not yet'];
  return kinds
    .map((kind) => [kind, states.filter((state) => state === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

export interface Streak {
  readonly nights: number;
  readonly since: string;
}

/** Green nights in a row, up to the last one; anything but green ends it. A night of today may still come. */
export function greenStreak(nights: readonly Night[], today: string): Streak | undefined {
  const over = nights.filter((night) => stateOf(night, today) !== 'not yet');
  const lastOther = over.findLastIndex((night) => stateOf(night, today) !== 'passed');
  const green = over.slice(lastOther + 1);
  const since = green[0]?.date;
  return since === undefined ? undefined : { nights: green.length, since };
}
