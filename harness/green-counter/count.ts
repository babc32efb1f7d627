import type { Facts, WorkflowRun } from './run.ts';
import { type Rules, type Treated, treat } from './treat.ts';

export interface Count {
  readonly streak: number;
  /** Every run that was looked at, newest first; the last one resets, where one does. */
  readonly runs: readonly Treated[];
  /**
   * Why the history ends before a run resets and before the first run there ever was. The streak is then what could be
   * shown, and perhaps less than it is.
   */
  readonly incomplete?: string;
}

/**
 * The length of the newest unbroken run of green smokes.
 *
 * @param runs newest first, of all events, so that their numbers show whether one is missing
 */
export async function countStreak(runs: AsyncIterable<WorkflowRun>, facts: Facts, rules: Rules): Promise<Count> {
  const looked: Treated[] = [];
  const counted = new Map<number, WorkflowRun>();
  let last: WorkflowRun | undefined;
  const end = (incomplete?: string): Count => ({
    streak: counted.size,
    runs: looked,
    ...(incomplete === undefined ? {} : { incomplete }),
  });
  for await (const run of runs) {
    if (last !== undefined && run.number >= last.number) {
      // A run that began while pages were read moves the others down: they come again on the next page.
      continue;
    }
    if (last !== undefined && run.number < last.number - 1) {
      return end(`${missing(run.number, last.number)} between run ${last.id} and run ${run.id}: deleted, or not shown`);
    }
    last = run;
    const treated = await treat(run, facts, rules, counted);
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
