import type { Cause } from './cause.ts';

/** A crashing container runs briefly between crashes: still one cause. */
const forgetAfterMs = 5000;

interface Sighting {
  readonly firstMs: number;
  lastMs: number;
  cause: Cause;
}

/** Remembers how long each cause has lasted. */
export class CauseTracker {
  readonly #sightings = new Map<string, Sighting>();

  /**
   * @param causes seen now, the likeliest root first
   * @param nowMs on any steady clock
   * @returns those that outlasted their grace, in the same order
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
