export interface RunResult {
  /** Absent if still running at the deadline. */
  readonly exitCode: number | undefined;
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
  readonly written: Readonly<Record<string, string>>;
  readonly tookMs: number;
  /** Since the signal. */
  readonly endedAfterMs?: number;
  readonly peakKb?: number;
  readonly uncaught: readonly string[];
}
