import { setTimeout as delay } from 'node:timers/promises';

const attempts = 4;

export interface Passing<T> {
  readonly passes: (result: T) => boolean;
  /** Each further pause is twice as long. */
  readonly firstPauseMs: number;
  /** Ends also a pause. */
  readonly signal: AbortSignal;
  readonly onPause?: ((line: string) => void) | undefined;
}

/** Four attempts at most. @returns the last result, also where the signal ends a pause @throws what an attempt throws */
export async function untilItPasses<T>(attempt: () => Promise<T>, options: Passing<T>): Promise<T> {
  const { passes, firstPauseMs, signal, onPause } = options;
  for (let made = 1; ; made += 1) {
    const result = await attempt();
    if (made === attempts || !passes(result)) {
      return result;
    }
    const pauseMs = firstPauseMs * 2 ** (made - 1);
    onPause?.(`the registry is asked again in ${pauseMs / 1000} s (attempt ${made + 1} of ${attempts})`);
    try {
      await delay(pauseMs, undefined, { signal });
    } catch {
      return result; // what was said last tells more than that time is over
    }
  }
}
