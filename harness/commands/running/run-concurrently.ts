/**
 * Runs work in parallel; the first failure cancels the rest and is thrown once all have ended, so that nothing goes on
 * unseen.
 */
export async function runConcurrently(
  signal: AbortSignal,
  work: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.allSettled(work.map((each) => each(either).catch((error: unknown) => failure.abort(error))));
  failure.signal.throwIfAborted();
}
