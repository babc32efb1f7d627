import { setTimeout as delay } from 'node:timers/promises';
import type { Interruptions } from '@meho/core/command-line/entry';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import { Interrupted } from '@meho/core/command-line/interrupted';
import { messageOf } from '@meho/core/problem';
import type { Command, CommandContext } from '../command.ts';
import { CleanUpError, cleanUpErrorsIn } from '../ending/clean-up.ts';
import { errorLines } from '../ending/error-lines.ts';
import { RunResults } from '../running/run-results.ts';

export interface CommandRun extends Omit<CommandContext, 'signal' | 'results'> {
  readonly interruptions: Pick<Interruptions, 'interrupted' | 'broken' | 'onAgain'>;
  /** Prints a line on stderr. */
  readonly say: (line: string) => void;
  /** In milliseconds after an interruption. */
  readonly cleanUpDeadlineMs?: number;
}

/** More than all clean-ups together may take. */
const defaultCleanUpDeadlineMs = 8 * 60_000;

/**
 * Runs a command, cancels it on a signal, and reports errors.
 *
 * @returns the command's code; 2 if it broke off without a verdict; 1 if only clean-up failed; 128 and the signal's
 * number after a signal, whenever it came
 */
export async function runCommand(
  command: Pick<Command, 'run'>,
  args: readonly string[],
  { interruptions, say, progress, timeline, cleanUpDeadlineMs = defaultCleanUpDeadlineMs }: CommandRun,
): Promise<ExitCode> {
  const { interrupted, broken, onAgain } = interruptions;
  const signal = AbortSignal.any([interrupted, broken]);
  interrupted.addEventListener('abort', () => say(`${messageOf(interrupted.reason)}: cleaning up …`), { once: true });
  onAgain(() => say('already cleaning up; `npm run down` removes what a killed run leaves'));
  const interruption = () => {
    const reason: unknown = interrupted.reason;
    return reason instanceof Interrupted ? reason : undefined;
  };
  const over = new AbortController();
  try {
    const exitCode = await Promise.race([
      overdue(signal, cleanUpDeadlineMs, over.signal),
      command.run(args, { signal, progress, timeline, results: new RunResults() }),
    ]);
    return interruption()?.exitCode ?? exitCode;
  } catch (error) {
    const reason = interruption();
    if (reason !== undefined) {
      return tellInterrupted(reason, error, say);
    }
    tell(error, say);
    return error instanceof CleanUpError ? 1 : 2;
  } finally {
    over.abort();
  }
}

/** Never resolves. @throws CleanUpError if work isn't over by the deadline after an interruption */
async function overdue(interruption: AbortSignal, deadlineMs: number, over: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => interruption.addEventListener('abort', () => resolve(), { once: true }));
  // Keeps no idle process alive.
  await delay(deadlineMs, undefined, { signal: over, ref: false });
  throw new CleanUpError(new Error(`it has not ended ${deadlineMs / 1000} s after the interruption`));
}

/** Only clean-up failures count after an interruption. */
function tellInterrupted({ exitCode }: Interrupted, error: unknown, say: CommandRun['say']): ExitCode {
  const left = cleanUpErrorsIn(error);
  if (left.length === 0) {
    say('interrupted; everything that this run had created is removed');
  }
  for (const problem of left) {
    tell(problem, say);
  }
  return exitCode;
}

function tell(error: unknown, say: CommandRun['say']): void {
  for (const line of errorLines(error)) {
    say(line);
  }
}
