export class Interrupted extends Error {
  /** As a shell reports that signal. */
  readonly exitCode: InterruptedCode;

  constructor(signal: keyof typeof exitCodes) {
    super(signal === 'SIGPIPE' ? 'nobody reads what is said any more (SIGPIPE)' : `interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.exitCode = exitCodes[signal];
  }
}

export type InterruptedCode = 129 | 130 | 141 | 143;

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** A defect keeps the run from finishing. */
export class BrokenOff extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = 'BrokenOff';
  }
}
