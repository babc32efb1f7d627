/** The reason of an abort by a signal of the system. */
export class Interrupted extends Error {
  /** What a shell makes of a program that a signal has ended. */
  readonly exitCode: 129 | 130 | 143;

  constructor(signal: 'SIGHUP' | 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = exitCodes[signal];
  }
}

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
