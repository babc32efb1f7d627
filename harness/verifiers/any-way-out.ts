/**
 * Waits for work that might never end by itself. Node leaves a program whose last handle is gone in the middle of an
 * `await` with exit code 13, and one with an error that nobody caught with a stack trace and 1: both are an error of the
 * work here, so that its caller says what it has to say.
 *
 * @param work gets a signal that calls it off: what it has begun would keep the program running
 * @throws what the work throws, what nobody caught meanwhile, or an Error where nothing is left that could end it
 */
export function byAnyWayOut<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const lost = new AbortController();
  const giveUp = (error: unknown) => {
    reject(error);
    lost.abort(error);
  };
  const ways = {
    beforeExit: () => giveUp(new Error('nothing is left to wait for, and no answer has come')),
    uncaughtException: giveUp,
    unhandledRejection: giveUp,
  };
  for (const [event, listener] of Object.entries(ways)) {
    process.on(event, listener);
  }
  work(AbortSignal.any([signal, lost.signal])).then(resolve, reject);
  return promise.finally(() => {
    for (const [event, listener] of Object.entries(ways)) {
      process.off(event, listener);
    }
  });
}
