import type { Cause } from './cause.ts';

/** A cause that comes and goes (a crashing container runs for a moment between two crashes) is one cause. */
const forgetAfterMs = 5000;

interface Sighting {
  readonly firstMs: number;
  lastMs: number;
  cause: Cause;
}

/** Remembers since when each cause has been there, and says which have outlasted their grace. */
export class CauseTracker {
  readonly #sightings = new Map<string, Sighting>();

  /**
   * @param causes what was seen now, the likeliest root first
   * @param nowMs on any steady clock, in milliseconds
   * @returns those that have lasted longer than their grace, the likeliest root first
   */
  observe(causes: readonly Cause[], nowMs: number): readonly Cause[] {
    for (const cause of causes) {
      const key = `${cause.id} ${cause.object}`;
      const known = this.#sightings.get(key);
      if (known === undefined || nowMs - known.lastMs > forgetAfterMs) {
        this.#sightings.set(key, { firstMs: nowMs, lastMs: nowMs, cause });
      } else {
        known.lastMs = nowMs;
        known.cause = cause;
      }
    }
    return causes.filter((cause) => {
      const sighting = this.#sightings.get(`${cause.id} ${cause.object}`);
      return sighting !== undefined && nowMs - sighting.firstMs >= cause.graceMs;
    });
  }
}
