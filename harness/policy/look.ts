import type { Enforced } from './enforcement.ts';
import type { Matrix } from './matrix.ts';

/** A look at who may talk to whom, which several checks share: it is taken once. */
export interface PolicyLook {
  /** @throws NotEnforced; anything else that keeps the probes from their places */
  enforced(signal: AbortSignal): Promise<Enforced>;
  /** @throws like `enforced` */
  matrix(signal: AbortSignal): Promise<Matrix>;
  /** What the probes have changed about the release's pods. */
  changes(signal: AbortSignal): Promise<readonly string[]>;
}

/** Gives what the first call came to, to all that follow. */
export function once<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let result: Promise<T> | undefined;
  return (signal) => {
    result ??= work(signal);
    return result;
  };
}
