/**
 * Does work side by side. The first failure calls the rest off and is what is thrown, once all have ended: nobody waits
 * minutes for a build to hear that another one has failed, and nothing goes on behind the user's back.
 */
export async function sideBySide(
  signal: AbortSignal,
  work: readonly ((signal: AbortSignal) => Promise<unknown>)[],
): Promise<void> {
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  await Promise.allSettled(work.map((each) => each(either).catch((error: unknown) => failure.abort(error))));
  failure.signal.throwIfAborted();
}
