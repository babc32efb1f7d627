import { BrokenOff } from '@meho/core/command-line/interrupted';
import { failureLines } from '@meho/core/failure';
import { messageOf, Problem, UsageError } from '@meho/core/problem';
import { lastLines } from '@meho/core/process/run';

/** What a command prints of an error that it ends with. */
export function errorLines(error: unknown): readonly string[] {
  if (error instanceof SuppressedError) {
    // The suppressed error came first.
    return [...errorLines(error.suppressed), ...errorLines(error.error)];
  }
  if (error instanceof UsageError) {
    return error.problems.map((problem) => `error: ${problem}`);
  }
  if (error instanceof Problem) {
    const [expected, seen, ...next] = failureLines(error);
    const reasons = reasonsOf(error).map((reason) => `because ${reason}`);
    return [`error: ${expected}`, ...[seen, ...reasons, ...next].map((line) => `  ${line}`)];
  }
  const hasPlace = error instanceof Error && error.stack !== undefined && !(error instanceof BrokenOff);
  return [`error: ${messageOf(error)}`, ...(hasPlace ? [String(error.stack)] : [])];
}

/** Returns reasons that the problem doesn't state, nearest first. */
function reasonsOf({ observed, cause }: Problem): readonly string[] {
  if (cause === undefined) {
    return [];
  }
  const text = cause instanceof Problem ? cause.observed : messageOf(cause);
  const said = observed.includes(lastLines(text, 1));
  return [...(said ? [] : [text]), ...(cause instanceof Problem ? reasonsOf(cause) : [])];
}
