export class Lanes<Lane extends string> {
  readonly #free: Record<Lane, number>;
  readonly #waiting: { readonly lane: Lane; readonly start: () => void }[] = [];

  constructor(widths: Readonly<Record<Lane, number>>) {
    this.#free = { ...widths };
  }

  /** @throws the signal's reason if aborted while waiting */
  async in<T>(lane: Lane, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(lane);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      this.#leave(lane);
    }
  }

  #turn(lane: Lane): Promise<void> {
    if (this.#free[lane] > 0) {
      this.#free[lane] -= 1;
      return Promise.resolve();
    }
    return new Promise((start) => this.#waiting.push({ lane, start }));
  }

  #leave(lane: Lane): void {
    const next = this.#waiting.findIndex((each) => each.lane === lane);
    if (next === -1) {
      this.#free[lane] += 1;
    } else {
      this.#waiting.splice(next, 1)[0]?.start();
    }
  }
}

/**
 * Per process. The Go compiler uses all processors but links on one, so two builds keep them busy; a root file system
 * mostly unpacks and fits beside.
 */
export const buildLanes = new Lanes({ go: 2, debian: 1, engine: 1 });
