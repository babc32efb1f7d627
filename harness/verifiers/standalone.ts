/** Where a command writes, and what relative paths start from. */
export interface StandaloneIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Somebody watches what is written to `out`. */
  readonly outIsTerminal: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * 0 all holds, 1 something failed, 2 it could not run as asked. A command that has made things and was ended by a signal
 * ends as a shell says of such a program (128 and the signal's number), after it has cleaned up.
 */
export type ExitCode = 0 | 1 | 2 | 129 | 130 | 143;

/** A command of the published program that judges no deployment, and so has arguments of its own. */
export interface Standalone {
  readonly name: string;
  run(args: readonly string[], io: StandaloneIo): Promise<ExitCode>;
}
