/** The reason of an abort by a signal of the system. */
export class Interrupted extends Error {
  /** What a shell makes of a program that a signal has ended. */
  readonly exitCode: InterruptedCode;

  constructor(signal: keyof typeof exitCodes) {
    super(signal === 'SIGPIPE' ? 'nobody reads what is said any more (SIGPIPE)' : `interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = exitCodes[signal];
  }
}

export type InterruptedCode = 129 | 130 | 141 | 143;

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** The reason of an abort by a defect: the run can't get to its end. */
export class BrokenOff extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'BrokenOff';
  }
}
