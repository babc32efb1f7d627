import { type Failure, failureLine } from './failure.ts';

/** Whatever stops a run becomes one, so that no message says less. */
export interface ProblemDetails extends Failure {
  /** Of the machine, the cluster or the user. */
  readonly expected: string;
  /** Without secrets. */
  readonly observed: string;
  /** One sentence or command. */
  readonly next: string;
}

export class Problem extends Error implements ProblemDetails {
  readonly expected: string;
  readonly observed: string;
  readonly next: string;

  constructor(details: ProblemDetails, options?: ErrorOptions) {
    super(failureLine(details), options);
    this.name = 'Problem';
    this.expected = details.expected;
    this.observed = details.observed;
    this.next = details.next;
  }
}

/** Exit code 2. Holds all problems of flags, environment and files. */
export class UsageError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.name = 'UsageError';
    this.problems = problems;
  }
}

/** One line of anything thrown and its causes. */
export function messageOf(error: unknown): string {
  // Absent in the oldest Node, where nothing throws it.
  if (typeof SuppressedError === 'function' && error instanceof SuppressedError) {
    // The original failure comes first, then the clean-up's.
    return `${messageOf(error.suppressed)}; then, while cleaning up: ${messageOf(error.error)}`;
  }
  if (!(error instanceof Error)) {
    return String(error);
  }
  const parts = error instanceof AggregateError ? `: ${error.errors.map(messageOf).join('; ')}` : '';
  const own = `${error.message === '' ? error.name : error.message}${parts}`;
  return error.cause === undefined ? own : `${own} (${messageOf(error.cause)})`;
}
