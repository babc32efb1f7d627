import { messageOf, Problem } from '@meho/core/problem';
import { addTallies, type Tally } from '@meho/core/report/tally';

export class CleanUpError extends Problem {
  /** Result of the work, if it succeeded. */
  readonly result: unknown;

  constructor(cause: unknown, result?: unknown) {
    super(
      {
        expected: 'everything that this run had created to be removed',
        observed: messageOf(cause),
        next: 'see what is left and remove it: `npm run down`, with --kubeconfig where it ran on a cluster of yours',
      },
      { cause },
    );
    this.name = 'CleanUpError';
    this.result = result;
  }
}

/**
 * Cleans up however the work ended.
 *
 * @param keep instead, where the work gave a result
 * @throws what the work threw; CleanUpError; a SuppressedError holding both
 */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>, keep = cleanUp): Promise<T> {
  let result: T | undefined;
  let end = cleanUp;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => end().catch((error: unknown) => Promise.reject(new CleanUpError(error, result))));
  result = await work();
  end = keep;
  return result;
}

export interface CountedRun<T extends Tally | undefined> {
  readonly tally: T;
  readonly left?: CleanUpError;
}

/** Keeps the tally and counts failed clean-up as one more failure: minutes of tests must not go unreported. */
export async function countRun<T extends Tally | undefined>(run: Promise<T>): Promise<CountedRun<T>> {
  try {
    return { tally: await run };
  } catch (error) {
    if (!(error instanceof CleanUpError) || !isTally(error.result)) {
      throw error;
    }
    return { tally: addTallies(error.result, { passed: 0, failed: 1, skipped: 0 }) as T, left: error };
  }
}

function isTally(value: unknown): value is Tally {
  return typeof value === 'object' && value !== null && 'passed' in value && 'failed' in value && 'skipped' in value;
}

export function cleanUpErrorsIn(error: unknown): readonly CleanUpError[] {
  if (error instanceof SuppressedError) {
    return [...cleanUpErrorsIn(error.suppressed), ...cleanUpErrorsIn(error.error)];
  }
  return error instanceof CleanUpError ? [error] : [];
}
