/** For the `Server-Timing` header (W3C); names and durations, no content. */
export class ServerTiming {
  readonly #metrics: string[] = [];

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
