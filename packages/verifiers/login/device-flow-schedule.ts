/** RFC 8628, 3.2: 5 s by default; 3.5: each `slow_down` adds 5 s. */
const DEFAULT_INTERVAL_MS = 5000;
const SLOW_DOWN_MS = 5000;
const SHORTEST_INTERVAL_MS = 1000;
const LONGEST_MS = 86_400_000;

/** Nonsense counts as absent. */
export function intervalMs(seconds: number | undefined): number {
  return seconds === undefined || seconds <= 0
    ? DEFAULT_INTERVAL_MS
    : Math.min(Math.max(seconds * 1000, SHORTEST_INTERVAL_MS), LONGEST_MS);
}

/** Never faster than the issuer allows, and a last time at the end, in case the user has confirmed. */
export class PollSchedule {
  #intervalMs: number;
  readonly #lastMs: number;

  /** @param lastMs when the last poll is due, on the clock of `after` */
  constructor(interval: number, lastMs: number) {
    this.#intervalMs = interval;
    this.#lastMs = lastMs;
  }

  slowDown(): void {
    this.#intervalMs += SLOW_DOWN_MS;
  }

  /** RFC 8628, 3.5: on a connection timeout. */
  backOff(): void {
    this.#intervalMs = Math.min(this.#intervalMs * 2, LONGEST_MS);
  }

  /**
   * Skips a poll less than an interval before the last: issuers answer `slow_down` to an early one, even after
   * confirmation.
   * @param waitMs requested by the issuer
   */
  after(nowMs: number, waitMs = 0): number {
    const dueMs = nowMs + Math.max(this.#intervalMs, waitMs);
    return dueMs + this.#intervalMs > this.#lastMs ? Math.max(this.#lastMs, nowMs) : dueMs;
  }
}
