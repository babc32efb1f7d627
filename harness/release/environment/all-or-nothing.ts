/** Waits for all, so that what started beside a failure is disposed of. */
export async function allOrNothing<const T extends readonly unknown[]>(
  stack: AsyncDisposableStack,
  starting: { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> {
  const settled = await Promise.allSettled(starting);
  for (const outcome of settled) {
    if (outcome.status === 'fulfilled' && isDisposable(outcome.value)) {
      stack.use(outcome.value);
    }
  }
  const failures = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (failures.length > 0) {
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'several parts did not start');
  }
  return settled.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined)) as unknown as T;
}

function isDisposable(value: unknown): value is AsyncDisposable {
  return typeof value === 'object' && value !== null && Symbol.asyncDispose in value;
}
