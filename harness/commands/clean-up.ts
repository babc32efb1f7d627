import { messageOf, Problem } from '../problem.ts';

/** Something that a run has made may still be there. */
export class CleanUpError extends Problem {
  constructor(cause: unknown) {
    super(
      {
        expected: 'everything that this run had created to be removed',
        observed: messageOf(cause),
        next: 'see what is left and remove it: `npm run down`, with --kubeconfig where it ran on a cluster of yours',
      },
      { cause },
    );
    this.name = 'CleanUpError';
  }
}

/**
 * Does work and then its clean-up, however the work ended.
 *
 * @throws what the work threw; CleanUpError; where both failed a SuppressedError, which holds both
 */
export async function withCleanUp<T>(work: () => Promise<T>, cleanUp: () => Promise<void>): Promise<T> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => cleanUp().catch((error: unknown) => Promise.reject(new CleanUpError(error))));
  return await work();
}

/** The failures of clean-up in anything thrown. */
export function cleanUpErrorsIn(error: unknown): readonly CleanUpError[] {
  if (error instanceof SuppressedError) {
    return [...cleanUpErrorsIn(error.suppressed), ...cleanUpErrorsIn(error.error)];
  }
  return error instanceof CleanUpError ? [error] : [];
}
