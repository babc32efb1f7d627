import { messageOf } from '@meho/core/problem';
import { err, out } from '@meho/core/report/output';
import type { Interruptions } from './entry.ts';
import { errorDocument } from './error-document.ts';
import { type ExitCode, Progress } from './exit-code.ts';
import { Interrupted } from './interrupted.ts';

/** Needed at the end of a run that can't report itself. */
export interface Call {
  readonly name: string | undefined;
  readonly json: boolean;
  /** Creates and removes things: its own deadlines apply. */
  readonly cleansUp: boolean;
  /** Breaking off is never a verdict of 1. */
  readonly countsOnly: boolean;
  readonly safe: (text: string) => string;
}

/** For an interrupted run to finish. */
const PATIENCE_MS = 3_000;
/** For anything still open after the last output. */
const LINGER_MS = 2_000;

/**
 * Runs the command and owns the exit code: a run that breaks off still ends in one line and a contract code: 2 before
 * the first question, 1 once checks are under way.
 */
export function runAndExit(
  { interrupted, broken, breakOff }: Interruptions,
  call: () => Call,
  run: (progress: Progress) => Promise<ExitCode>,
  onLinger: () => void = () => undefined,
): void {
  const progress = new Progress();
  let over = false;
  process.exitCode = 2;
  const end = (code: ExitCode) => {
    over = true;
    // Something broke: whatever was found is no pass.
    process.exitCode = code === 0 && broken.aborted ? progress.brokenCode : code;
    setTimeout(() => {
      onLinger();
      process.exit();
    }, LINGER_MS).unref();
  };
  const endHard = () => {
    if (over) {
      return;
    }
    over = true;
    let code: ExitCode = 2;
    try {
      code = lastWords(call(), interrupted.aborted ? interrupted.reason : broken.reason, progress);
    } finally {
      // Failing output or `exit` listeners would be retried for ever.
      leave(code);
    }
  };
  const patience = () => {
    if (!over && !call().cleansUp) {
      setTimeout(endHard, PATIENCE_MS).unref();
    }
  };
  interrupted.addEventListener('abort', patience, { once: true });
  broken.addEventListener('abort', patience, { once: true });
  process.on('beforeExit', () => {
    if (over) {
      return;
    }
    if (broken.aborted || interrupted.aborted) {
      endHard();
    } else {
      breakOff('it waits for something that can not come any more');
      // The abort fails what was awaited, which ends the run; else `beforeExit` comes again.
      setTimeout(() => undefined, 0);
    }
  });
  run(progress).then(end, (error: unknown) => {
    breakOff(messageOf(error), error);
    endHard();
  });
}

/** Reports for a run that can't. */
function lastWords(
  { name = 'meho-acceptance', json, cleansUp, countsOnly, safe }: Call,
  reason: unknown,
  progress: Progress,
): Exclude<ExitCode, 0> {
  const isSignal = reason instanceof Interrupted;
  const code = isSignal ? (cleansUp ? reason.exitCode : 2) : countsOnly ? 2 : progress.brokenCode;
  const problem = isSignal ? `${reason.message}: no verdict` : `${name} broke off: ${messageOf(reason)}`;
  if (json) {
    out(errorDocument(name, [safe(problem)], code));
  }
  err(`${safe(`error: ${problem}`)}\n`);
  return code;
}

/** Node goes on if an `exit` listener throws; a second call runs none. */
function leave(code: ExitCode): never {
  try {
    process.exit(code);
  } finally {
    process.exit(code);
  }
}
