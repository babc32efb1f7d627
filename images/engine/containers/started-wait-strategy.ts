import type { WaitStrategy } from 'testcontainers';

/** Readiness is left to our own wait: a query or PING says more than a listening port. */
export class StartedWaitStrategy implements WaitStrategy {
  #timeoutMs = 60_000;

  async waitUntilReady(): Promise<void> {
    return Promise.resolve();
  }

  withStartupTimeout(startupTimeoutMs: number): WaitStrategy {
    this.#timeoutMs = startupTimeoutMs;
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return true;
  }

  getStartupTimeout(): number {
    return this.#timeoutMs;
  }
}
