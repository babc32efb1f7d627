/**
 * An error as a user meets it: what was expected, what was seen and what to do next. Everything that stops a run
 * ends up as one of these, so that no message anywhere says less.
 */
export interface ProblemDetails {
  /** What was asked of the machine, the cluster or the user. */
  readonly expected: string;
  /** What was there instead, without secrets. */
  readonly observed: string;
  /** What to do next: one sentence or one command. */
  readonly next: string;
}

export class Problem extends Error implements ProblemDetails {
  readonly expected: string;
  readonly observed: string;
  readonly next: string;

  constructor(details: ProblemDetails, options?: ErrorOptions) {
    super(`expected ${details.expected}, but ${details.observed}; ${details.next}`, options);
    this.name = 'Problem';
    this.expected = details.expected;
    this.observed = details.observed;
    this.next = details.next;
  }
}

/** The run could not start as asked: flags, environment, files. Carries every problem at once. Exit code 2. */
export class UsageError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.name = 'UsageError';
    this.problems = problems;
  }
}

/** The text of anything thrown, with its chain of causes, on one line. */
export function messageOf(error: unknown): string {
  // The oldest Node has no such error: there, what is thrown is none.
  if (typeof SuppressedError === 'function' && error instanceof SuppressedError) {
    // What came first is what went wrong; the clean-up's failure is told as well.
    return `${messageOf(error.suppressed)}; then, while cleaning up: ${messageOf(error.error)}`;
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  const parts = error instanceof AggregateError ? `: ${error.errors.map(messageOf).join('; ')}` : '';
  const own = `${error.message === '' ? error.name : error.message}${parts}`;
  return error.cause === undefined ? own : `${own} (${messageOf(error.cause)})`;
}
