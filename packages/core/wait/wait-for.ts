import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../problem.ts';

/** `never` ends the wait at once. */
export type Observation<T> =
  | { readonly state: 'holds'; readonly value: T }
  | { readonly state: 'not-yet'; readonly observed: string }
  | { readonly state: 'never'; readonly observed: string };

export const holds = <T>(value: T): Observation<T> => ({ state: 'holds', value });
export const notYet = (observed: string): Observation<never> => ({ state: 'not-yet', observed });
export const never = (observed: string): Observation<never> => ({ state: 'never', observed });

export interface WaitOptions {
  /** In all. */
  readonly deadlineMs: number;
  /** From one probe's end to the next's start. */
  readonly intervalMs?: number;
  readonly signal?: AbortSignal;
}

export class WaitError extends Error {
  readonly what: string;
  readonly reason: 'deadline' | 'never' | 'aborted';
  readonly lastObserved: string;
  readonly waitedMs: number;

  constructor(
    what: string,
    reason: WaitError['reason'],
    lastObserved: string,
    waitedMs: number,
    options?: ErrorOptions,
  ) {
    const seconds = (waitedMs / 1000).toFixed(1);
    super(`waited ${seconds} s for ${what} (${reason}); last seen: ${lastObserved}`, options);
    this.name = 'WaitError';
    this.what = what;
    this.reason = reason;
    this.lastObserved = lastObserved;
    this.waitedMs = waitedMs;
  }
}

/**
 * A probe that throws counts as not yet, because a system coming up refuses connections; the last error becomes the
 * cause.
 * @param what for error and log, e.g. `node k3s to be Ready` @throws WaitError on the deadline, on `never` and on abort
 */
export async function waitFor<T>(
  what: string,
  probe: (signal: AbortSignal) => Promise<Observation<T>>,
  { deadlineMs, intervalMs = 200, signal }: WaitOptions,
): Promise<T> {
  const started = performance.now();
  const deadline = AbortSignal.timeout(deadlineMs);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  let lastObserved = 'nothing yet';
  let cause: unknown;
  const fail = (reason: WaitError['reason']) =>
    new WaitError(what, reason, lastObserved, performance.now() - started, { cause });
  while (true) {
    if (either.aborted) {
      throw fail(signal?.aborted === true ? 'aborted' : 'deadline');
    }
    try {
      const observation = await raceAbort(probe(either), either);
      if (observation.state === 'holds') {
        return observation.value;
      }
      lastObserved = observation.observed;
      cause = undefined;
      if (observation.state === 'never') {
        throw fail('never');
      }
    } catch (error) {
      if (error instanceof WaitError && error.what === what) {
        throw error;
      }
      if (!either.aborted) {
        lastObserved = messageOf(error);
        cause = error;
      }
    }
    // The top of the loop handles the abort, with its reason.
    await delay(intervalMs, undefined, { signal: either }).catch(() => undefined);
  }
}

/** Keeps the deadline even if the probe ignores its signal. */
function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
