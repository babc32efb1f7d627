import type { OutageKind, StartedService } from './service.ts';

/** What the handle of each service beside the cluster can do, whatever the service is for. */
export abstract class ServiceHandle<Answer> implements AsyncDisposable {
  protected readonly service: StartedService<Answer>;

  constructor(service: StartedService<Answer>) {
    this.service = service;
  }

  /** Its IP address on the network: what pods connect to, and what an egress rule of the chart's policy allows with /32. */
  get address(): string {
    return this.service.address;
  }

  /** Takes the service away until the outage is disposed of. */
  outage(kind: OutageKind): Promise<AsyncDisposable> {
    return this.service.outage(kind);
  }

  /** The last lines of its log. */
  logTail(lines: number): string {
    return this.service.logTail(lines);
  }

  /** Kills and removes it with its data. May be called twice. */
  stop(): Promise<void> {
    return this.service.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
