import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, Problem, UsageError } from '../problem.ts';
import { lastLines } from '../process/run.ts';
import type { Interruptions } from '../verifiers/entry.ts';
import { BrokenOff, Interrupted } from '../verifiers/interrupted.ts';
import type { ExitCode } from '../verifiers/standalone.ts';
import { CleanUpError, cleanUpErrorsIn } from './clean-up.ts';
import type { Command, CommandContext } from './command.ts';

export interface CommandRun extends Omit<CommandContext, 'signal'> {
  readonly interruptions: Pick<Interruptions, 'interrupted' | 'broken' | 'onAgain'>;
  /** Takes lines for the user, which belong on stderr. */
  readonly say: (line: string) => void;
  /** How long a command that was called off may take to clean up, in milliseconds. */
  readonly cleanUpDeadlineMs?: number;
}

/** More than all clean-ups of a command are given together: what takes longer hangs, and its user has waited enough. */
const defaultCleanUpDeadlineMs = 8 * 60_000;

/**
 * Runs a command, calls it off on a signal, and tells what went wrong.
 *
 * @returns the exit code: the command's; 2 where it broke off without a verdict; 1 where only the clean-up failed; 128
 *   and the signal's number after a signal, at whatever moment it came
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
      command.run(args, { signal, progress, timeline }),
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

/** Never resolves. @throws CleanUpError when the deadline after an interruption has passed and it isn't over yet */
async function overdue(interruption: AbortSignal, deadlineMs: number, over: AbortSignal): Promise<never> {
  await new Promise<void>((resolve) => interruption.addEventListener('abort', () => resolve(), { once: true }));
  // It keeps no process alive in which nothing goes on any more.
  await delay(deadlineMs, undefined, { signal: over, ref: false });
  throw new CleanUpError(new Error(`it has not ended ${deadlineMs / 1000} s after the interruption`));
}

/** What an interrupted command throws is the interruption's doing, but for a clean-up that failed. */
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

/** Says what went wrong, each problem on a line of its own. */
function tell(error: unknown, say: CommandRun['say']): void {
  if (error instanceof SuppressedError) {
    // What came first is what went wrong; the clean-up's failure is told as well.
    tell(error.suppressed, say);
    tell(error.error, say);
  } else if (error instanceof UsageError) {
    for (const problem of error.problems) {
      say(`error: ${problem}`);
    }
  } else if (error instanceof Problem) {
    say(`error: expected ${error.expected}`);
    say(`  seen: ${error.observed}`);
    for (const reason of reasonsOf(error)) {
      say(`  because: ${reason}`);
    }
    say(`  next: ${error.next}`);
  } else {
    say(`error: ${messageOf(error)}`);
    if (error instanceof Error && error.stack !== undefined && !(error instanceof BrokenOff)) {
      say(error.stack);
    }
  }
}

/** What the causes of a problem say beyond what it says itself, the nearest first. */
function reasonsOf({ observed, cause }: Problem): readonly string[] {
  if (cause === undefined) {
    return [];
  }
  const text = cause instanceof Problem ? cause.observed : messageOf(cause);
  const said = observed.includes(lastLines(text, 1));
  return [...(said ? [] : [text]), ...(cause instanceof Problem ? reasonsOf(cause) : [])];
}
