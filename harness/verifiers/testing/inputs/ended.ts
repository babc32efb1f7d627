/** How a run of the command ended, and everything that it said. */
export interface Ended {
  /** Absent where it had not ended at the deadline. */
  readonly exitCode: number | undefined;
  /** The signal of ours that it was sent, where there was one. */
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
  /** Files that it wrote, by their names. */
  readonly written: Readonly<Record<string, string>>;
  readonly tookMs: number;
  /** From the signal to the end. */
  readonly endedAfterMs?: number;
  readonly peakKb?: number;
  /** What it left behind uncaught, and warnings of Node. */
  readonly uncaught: readonly string[];
}
