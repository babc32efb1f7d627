import { type ClassifiedRun, classify, type Rules } from './classify.ts';
import type { Facts, WorkflowRun } from './run.ts';

export interface Count {
  readonly streak: number;
  /** Newest first; the last is the resetting one, if any. */
  readonly runs: readonly ClassifiedRun[];
  /** The history ends early: the streak is then a minimum. */
  readonly incomplete?: string;
}

/** @param runs newest first, of all events, so that numbers show a missing one */
export async function countStreak(runs: AsyncIterable<WorkflowRun>, facts: Facts, rules: Rules): Promise<Count> {
  const looked: ClassifiedRun[] = [];
  const counted = new Map<number, WorkflowRun>();
  let last: WorkflowRun | undefined;
  const end = (incomplete?: string): Count => ({
    streak: counted.size,
    runs: looked,
    ...(incomplete === undefined ? {} : { incomplete }),
  });
  for await (const run of runs) {
    if (last !== undefined && run.number >= last.number) {
      // A new run shifts the others to the next page.
      continue;
    }
    if (last !== undefined && run.number < last.number - 1) {
      return end(`${missing(run.number, last.number)} between run ${last.id} and run ${run.id}: deleted, or not shown`);
    }
    last = run;
    const treated = await classify(run, facts, rules, counted);
    if ('unreadable' in treated) {
      return end(treated.unreadable);
    }
    looked.push(treated);
    if (treated.treatment === 'resets') {
      return end();
    }
    if (treated.treatment === 'counts' && treated.pullRequest !== undefined) {
      counted.set(treated.pullRequest, run);
    }
  }
  return end(last === undefined || last.number === 1 ? undefined : `${missing(0, last.number)} before run ${last.id}`);
}

function missing(from: number, to: number): string {
  const count = to - from - 1;
  return count === 1 ? `run number ${from + 1} is missing` : `run numbers ${from + 1} to ${to - 1} are missing`;
}
