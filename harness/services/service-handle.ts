import type { OutageKind, StartedService } from './service.ts';

export abstract class ServiceHandle<Answer> implements AsyncDisposable {
  protected readonly service: StartedService<Answer>;

  constructor(service: StartedService<Answer>) {
    this.service = service;
  }

  /** The container's, for another process to attach to. */
  get id(): string {
    return this.service.id;
  }

  /** Pods connect to it; the chart's egress rule allows it with /32. */
  get address(): string {
    return this.service.address;
  }

  /** Lasts until the result is disposed. */
  outage(kind: OutageKind): Promise<AsyncDisposable> {
    return this.service.outage(kind);
  }

  logTail(lines: number): string {
    return this.service.logTail(lines);
  }

  /** Removes its data too. Idempotent. */
  stop(): Promise<void> {
    return this.service.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
