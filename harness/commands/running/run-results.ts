import type { RunFailure } from '@meho/core/report/run-failure';
import { addTallies, emptyTally, type Tally } from '@meho/core/report/tally';

/** What the phases of a run have brought so far; it outlives a phase that breaks off. */
export class RunResults {
  #tally: Tally = emptyTally;
  readonly #failures: RunFailure[] = [];

  /** Whether earlier reports are gone from the folder, so that what lies there is this run's. */
  hasBegun = false;

  get tally(): Tally {
    return this.#tally;
  }

  get failures(): readonly RunFailure[] {
    return this.#failures;
  }

  add(tally: Tally, failures: readonly RunFailure[]): void {
    this.#tally = addTallies(this.#tally, tally);
    this.#failures.push(...failures);
  }
}
