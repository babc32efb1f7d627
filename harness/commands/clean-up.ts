import { messageOf, Problem } from '../problem.ts';
import { add, type Tally } from '../report/tally.ts';

/** Something that a run has made may still be there. */
export class CleanUpError extends Problem {
  /** What the work before it came to, where that succeeded. */
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
 * Does work and then its clean-up, however the work ended.
 *
 * @throws what the work threw; CleanUpError; where both failed a SuppressedError, which holds both
 */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>): Promise<T> {
  let result: T | undefined;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => cleanUp().catch((error: unknown) => Promise.reject(new CleanUpError(error, result))));
  result = await work();
  return result;
}

/** A count of tests, and what is still to be told when the count has been. */
export interface Counted<T extends Tally | undefined> {
  readonly tally: T;
  readonly left?: CleanUpError;
}

/** Keeps the count of a run whose clean-up failed, which is one failure more: minutes of tests must not go unreported. */
export async function counted<T extends Tally | undefined>(run: Promise<T>): Promise<Counted<T>> {
  try {
    return { tally: await run };
  } catch (error) {
    if (!(error instanceof CleanUpError) || !isTally(error.result)) {
      throw error;
    }
    return { tally: add(error.result, { passed: 0, failed: 1, skipped: 0 }) as T, left: error };
  }
}

function isTally(value: unknown): value is Tally {
  return typeof value === 'object' && value !== null && 'passed' in value && 'failed' in value && 'skipped' in value;
}

/** The failures of clean-up in anything thrown. */
export function cleanUpErrorsIn(error: unknown): readonly CleanUpError[] {
  if (error instanceof SuppressedError) {
    return [...cleanUpErrorsIn(error.suppressed), ...cleanUpErrorsIn(error.error)];
  }
  return error instanceof CleanUpError ? [error] : [];
}
