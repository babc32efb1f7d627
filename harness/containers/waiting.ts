import type { WaitStrategy } from 'testcontainers';

/**
 * Started means that the engine has started it. For containers whose readiness is asked by their own protocol, with
 * our one wait: a query and a PING say more than a listening port.
 */
export class StartedIsEnough implements WaitStrategy {
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
