/** RFC 8628, 3.2: without an interval it is 5 s; 3.5: `slow_down` makes it 5 s longer each time. */
const DEFAULT_INTERVAL_MS = 5000;
const SLOW_DOWN_MS = 5000;
const SHORTEST_INTERVAL_MS = 1000;
const LONGEST_MS = 86_400_000;

/** What an issuer gives as interval, in seconds, as a time to keep to; what makes no sense is as none. */
export function intervalMs(seconds: number | undefined): number {
  return seconds === undefined || seconds <= 0
    ? DEFAULT_INTERVAL_MS
    : Math.min(Math.max(seconds * 1000, SHORTEST_INTERVAL_MS), LONGEST_MS);
}

/** When to poll: no oftener than the issuer allows, and once when time is up, because somebody may have confirmed. */
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

  /** RFC 8628, 3.5, of connections that time out. */
  backOff(): void {
    this.#intervalMs = Math.min(this.#intervalMs * 2, LONGEST_MS);
  }

  /**
   * When the next poll is due. One that would leave less than an interval for the last one is left to that: issuers
   * answer `slow_down` to what comes too early, whatever the person has done.
   *
   * @param waitMs how long the issuer wants to be left alone, where it says so
   */
  after(nowMs: number, waitMs = 0): number {
    const dueMs = nowMs + Math.max(this.#intervalMs, waitMs);
    return dueMs + this.#intervalMs > this.#lastMs ? Math.max(this.#lastMs, nowMs) : dueMs;
  }
}
