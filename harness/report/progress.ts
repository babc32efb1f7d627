/**
 * What a run tells while it works. Progress goes to stderr: stdout is for data. On a terminal a step shows a running
 * clock; elsewhere it is one plain line at its start, one at its end, and one every 15 s between.
 */
export interface Progress {
  /** Runs `work` as a named step; its duration is part of the phase table. Steps may nest and may run side by side. */
  step<T>(title: string, work: (step: Step) => Promise<T>): Promise<T>;
  note(line: string): void;
  warn(line: string): void;
}

export interface Step {
  /** Replaces the text behind the running step, e.g. `3 of 9 images left, building node (2 min 10 s)`. */
  update(detail: string): void;
}
