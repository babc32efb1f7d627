/** Where a command writes, and what relative paths start from. */
export interface StandaloneIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Somebody watches what is written to `out`. */
  readonly outIsTerminal: boolean;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/** A command of the published program that judges no deployment, and so has arguments of its own. */
export interface Standalone {
  readonly name: string;
  run(args: readonly string[], io: StandaloneIo): Promise<0 | 1 | 2>;
}
