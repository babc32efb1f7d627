/** Returns the first call's result every time: of a promise that failed, the same failure. */
export function once<Args extends readonly unknown[], T>(work: (...args: Args) => T): (...args: Args) => T {
  let first: { readonly result: T } | undefined;
  return (...args) => {
    first ??= { result: work(...args) };
    return first.result;
  };
}
