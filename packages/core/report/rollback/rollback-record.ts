/** What a steady load saw while a release went from N to N+1 and back, small enough for a report. Times from the load's start. */
export interface RollbackRecord {
  readonly ratePerSecond: number;
  readonly durationMs: number;
  /** In order; each begins what lasts until the next. */
  readonly stages: readonly RollbackStage[];
  readonly binMs: number;
  readonly bins: readonly RollbackBin[];
  /** The longest times without an answer, the longest first. */
  readonly gaps: readonly { readonly fromMs: number; readonly durationMs: number }[];
  /** The first few. */
  readonly failures: readonly { readonly atMs: number; readonly why: string }[];
  readonly answered: number;
  /** Rows of the answered requests; absent where the database could not be asked. */
  readonly rowsOfAnswered?: number;
}

export interface RollbackStage {
  readonly title: string;
  readonly atMs: number;
  /** Of all in `audit_log` at its beginning. */
  readonly rows?: number;
  /** Sent within it. */
  readonly requests: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly longestGapMs: number;
}

/** By when requests were sent. */
export interface RollbackBin {
  readonly requests: number;
  readonly failed: number;
  readonly medianMs: number;
  readonly slowestMs: number;
}
