/** `started` is of `performance.now()`; at least 1. */
export function leftMs(deadlineMs: number, started: number): number {
  return Math.max(1, Math.ceil(deadlineMs - (performance.now() - started)));
}
