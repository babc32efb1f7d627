/** Computes at the first call, and lets go of what it was computed from. */
export function once<T>(compute: () => T): () => T {
  let pending: (() => T) | undefined = compute;
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: (pending as () => T)() };
    pending = undefined;
    return made.value;
  };
}
