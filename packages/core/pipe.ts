import { readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** For a named pipe without a writer. */
const NOBODY_WRITES_MS = 10_000;
/** In all: a password manager may first prompt the user. */
const WHOLE_MS = 60_000;
const POLL_MS = 20;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Reads a pipe or terminal opened without blocking, until its writer closes it. */
export class PipeReader implements Disposable {
  readonly #descriptor: number;
  /** Until a writer is seen, an end doesn't count: one may still open the pipe. */
  #awaitsWriter: boolean;
  readonly #started = performance.now();
  #listeners: readonly (readonly [NodeJS.Signals, readonly NodeJS.SignalsListener[]])[] | undefined;

  constructor(descriptor: number, { awaitsWriter }: { readonly awaitsWriter: boolean }) {
    this.#descriptor = descriptor;
    this.#awaitsWriter = awaitsWriter;
  }

  /** @returns the number of bytes; 0 at the end. @throws Error with code ETIMEDOUT */
  read(piece: Buffer): number {
    for (let length = this.#readIfReady(piece); ; length = this.#readIfReady(piece)) {
      if (length !== undefined) {
        return length;
      }
      this.#leaveSignalsToSystem();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  }

  /** Like `read`, and lets everything else run. @throws the signal's reason */
  async readPatiently(piece: Buffer, signal: AbortSignal): Promise<number> {
    for (let length = this.#readIfReady(piece); ; length = this.#readIfReady(piece)) {
      if (length !== undefined) {
        return length;
      }
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }

  [Symbol.dispose](): void {
    for (const [signal, listeners] of this.#listeners ?? []) {
      for (const listener of listeners) {
        process.on(signal, listener);
      }
    }
  }

  /** @returns undefined if there is more to wait for. @throws Error with code ETIMEDOUT */
  #readIfReady(piece: Buffer): number | undefined {
    const length = this.#readNow(piece);
    if (length === undefined || length > 0 || !this.#awaitsWriter) {
      this.#awaitsWriter = false;
      if (length !== undefined) {
        return length;
      }
    }
    if (performance.now() - this.#started > (this.#awaitsWriter ? NOBODY_WRITES_MS : WHOLE_MS)) {
      throw timedOut(this.#awaitsWriter);
    }
    return undefined;
  }

  /** @returns undefined if a writer has written nothing yet */
  #readNow(piece: Buffer): number | undefined {
    try {
      return readSync(this.#descriptor, piece);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') {
        return undefined;
      }
      throw error;
    }
  }

  /** Listeners don't run during this wait. Without any, a signal ends the process, as usual when reading a pipe. */
  #leaveSignalsToSystem(): void {
    if (this.#listeners === undefined) {
      this.#listeners = signals.map((signal) => [signal, process.listeners(signal)]);
      for (const signal of signals) {
        process.removeAllListeners(signal);
      }
    }
  }
}

function timedOut(nobodyWrites: boolean): Error {
  const seconds = (nobodyWrites ? NOBODY_WRITES_MS : WHOLE_MS) / 1000;
  const seen = nobodyWrites
    ? `nobody wrote to this pipe within ${seconds} s`
    : `this pipe had no end within ${seconds} s`;
  return Object.assign(new Error(`ETIMEDOUT: ${seen}`), { code: 'ETIMEDOUT' });
}
