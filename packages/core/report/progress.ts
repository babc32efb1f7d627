/**
 * On stderr, since stdout is for data: a running clock on a terminal, else a line at a step's start, end and every 15
 * s.
 */
export interface Progress {
  /** Steps may nest and overlap. */
  step<T>(title: string, work: (step: Step) => Promise<T>): Promise<T>;
  note(line: string): void;
  warn(line: string): void;
}

export interface Step {
  /** E.g. `3 of 9 images left, building node (2 min 10 s)`. */
  update(detail: string): void;
}
