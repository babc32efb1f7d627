import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../problem.ts';

/** What one look at the world found. `never` ends the wait at once: it can't come true any more. */
export type Observation<T> =
  | { readonly state: 'holds'; readonly value: T }
  | { readonly state: 'not-yet'; readonly observed: string }
  | { readonly state: 'never'; readonly observed: string };

export const holds = <T>(value: T): Observation<T> => ({ state: 'holds', value });
export const notYet = (observed: string): Observation<never> => ({ state: 'not-yet', observed });
export const never = (observed: string): Observation<never> => ({ state: 'never', observed });

export interface WaitOptions {
  /** How long it may take in all, in milliseconds. */
  readonly deadlineMs: number;
  /** Time between the end of one probe and the start of the next, in milliseconds. */
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
 * Probes until the probe says `holds` and gives its value. A probe that throws counts as not yet, with the error as
 * what was seen, because a world that is coming up refuses connections; the last one becomes the error's cause.
 *
 * @param what named in the error and in the log, e.g. `node k3s to be Ready`
 * @throws WaitError on the deadline, on `never` and on abort
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
      const observation = await untilAborted(probe(either), either);
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
    // The wake-up by abort is handled at the top of the loop, where its reason is known.
    await delay(intervalMs, undefined, { signal: either }).catch(() => undefined);
  }
}

/** Gives up on a probe that ignores its signal: a wait keeps its deadline whatever the probe does. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
