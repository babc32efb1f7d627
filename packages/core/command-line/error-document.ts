import { messageOf, UsageError } from '../problem.ts';
import { jsonText } from '../report/safe-text.ts';
import type { ExitCode, Progress } from './exit-code.ts';
import { BrokenOff } from './interrupted.ts';

/** Could not run as asked (2), broke off under way (1), or was ended by a signal before it made anything (its code). */
export interface ErrorReport {
  readonly schemaVersion: 1;
  readonly verifier: string;
  readonly outcome: 'error';
  readonly exitCode: Exclude<ExitCode, 0>;
  readonly problems: readonly string[];
}

export function errorDocument(
  verifier: string,
  problems: readonly string[],
  exitCode: ErrorReport['exitCode'] = 2,
): string {
  const report: ErrorReport = { schemaVersion: 1, verifier, outcome: 'error', exitCode, problems };
  return `${jsonText(report)}\n`;
}

/** The run was interrupted, could not run as asked, or met a defect. */
export function endWithoutVerdict(
  command: string,
  { error, signal, progress }: { error: unknown; signal: AbortSignal; progress: Progress | undefined },
): { readonly problems: readonly string[]; readonly exitCode: 1 | 2 } {
  const isDefect = signal.reason instanceof BrokenOff;
  if (signal.aborted && !isDefect) {
    return { problems: [`${messageOf(signal.reason)}: no verdict`], exitCode: 2 };
  }
  return error instanceof UsageError && !isDefect
    ? { problems: error.problems, exitCode: 2 }
    : {
        problems: [`${command} broke off: ${messageOf(isDefect ? signal.reason : error)}`],
        exitCode: progress?.brokenCode ?? 2,
      };
}
