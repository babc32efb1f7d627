/** Where a command writes, and what relative paths start from. */
export interface StandaloneIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly cwd: string;
}

/** A command of the published program that looks at files instead of a deployment, and so has arguments of its own. */
export interface Standalone {
  readonly name: string;
  run(args: readonly string[], io: StandaloneIo): Promise<0 | 1 | 2>;
}
