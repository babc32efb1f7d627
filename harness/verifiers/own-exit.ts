import { messageOf } from '../problem.ts';
import { err, out } from '../report/output.ts';
import type { Interruptions } from './entry.ts';
import { Interrupted } from './interrupted.ts';
import { errorDocument } from './report.ts';
import { type ExitCode, Progress } from './standalone.ts';

/** What was called, as far as the end of a run that can't say so itself has to know it. */
export interface Call {
  /** Absent where none was named. */
  readonly name: string | undefined;
  readonly json: boolean;
  /** It makes things and removes them, and so ends when it has: its own deadlines hold. */
  readonly cleansUp: boolean;
  /** Whether it has no verdict of 1 for what broke off: it counts, or it doesn't. */
  readonly countsOnly: boolean;
  /** Makes a line of any text, without secrets. */
  readonly safe: (text: string) => string;
}

/** For a run that was called off, to come to its end by itself. */
const PATIENCE_MS = 3_000;
/** For whatever is still open when everything is said. */
const LINGER_MS = 2_000;

/**
 * Runs the command and owns the exit code: whatever happens in it, it ends as one line and with a code of the contract. An
 * answer that can't come any more, an error that nobody caught: 2 where nothing was asked yet, 1 where a check was under way.
 */
export function ownExit(
  { interrupted, broken, breakOff }: Interruptions,
  call: () => Call,
  run: (progress: Progress) => Promise<ExitCode>,
  onLinger: () => void = () => undefined,
): void {
  const progress = new Progress();
  let over = false;
  // Where all else fails there is no verdict.
  process.exitCode = 2;
  const end = (code: ExitCode) => {
    over = true;
    // Whatever was found out before something broke: it is no pass.
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
      // What can't be said, or a listener that breaks, must not keep the program: it would try that again for ever.
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
      // What was waited for fails by that, and the run comes to its end; if not, this looks again.
      setTimeout(() => undefined, 0);
    }
  });
  run(progress).then(end, (error: unknown) => {
    breakOff(messageOf(error), error);
    endHard();
  });
}

/** Says why it ends without being able to say so itself. @returns the exit code */
function lastWords(
  { name = 'meho-acceptance', json, cleansUp, countsOnly, safe }: Call,
  reason: unknown,
  progress: Progress,
): ExitCode {
  const isSignal = reason instanceof Interrupted;
  const code = isSignal ? (cleansUp ? reason.exitCode : 2) : countsOnly ? 2 : progress.brokenCode;
  const problem = isSignal ? `${reason.message}: no verdict` : `${name} broke off: ${messageOf(reason)}`;
  if (json) {
    out(errorDocument(name, [safe(problem)], code === 1 ? 1 : 2));
  }
  err(`${safe(`error: ${problem}`)}\n`);
  return code;
}

/** Where a listener of `exit` throws, Node goes on; told again, it asks none. */
function leave(code: ExitCode): never {
  try {
    process.exit(code);
  } finally {
    process.exit(code);
  }
}
