/** Where the time of a request went, for its `Server-Timing` header (W3C): names and durations, nothing of content. */
export class ServerTiming {
  readonly #metrics: string[] = [];

  /** Does the work and notes how long it took, also when it fails. */
  async of<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      return await work();
    } finally {
      this.#metrics.push(`${name};dur=${(performance.now() - startedMs).toFixed(1)}`);
    }
  }

  get header(): string {
    return this.#metrics.join(', ');
  }
}
