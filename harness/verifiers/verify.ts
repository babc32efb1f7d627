import type { VerifierEnvironment } from '../config.ts';
import { UsageError } from '../problem.ts';
import { jsonText } from '../report/safe-text.ts';
import { readFlags } from './flags.ts';
import { summaryOf } from './lines.ts';
import { lineSafe } from './redact.ts';
import { type CheckReport, endWithoutVerdict, errorDocument } from './report.ts';
import { runVerifier } from './run-verifier.ts';
import type { ExitCode, Progress, StandaloneIo } from './standalone.ts';
import { takenLine } from './taken.ts';
import { flagsOf, type Verifier } from './verifier.ts';

export interface VerifyIo extends Pick<StandaloneIo, 'out' | 'err' | 'secrets'> {
  readonly env: VerifierEnvironment;
  readonly signal: AbortSignal;
  readonly broken: AbortSignal;
  readonly progress: Progress;
  /** Tells what came of a check, as a line. */
  readonly tell: (report: CheckReport) => void;
}

/** Runs a verifier and says what came of it: in lines, or as one document whatever the end. */
export async function verify(verifier: Verifier, args: readonly string[], io: VerifyIo): Promise<ExitCode> {
  // Decides how everything else is said, so it is read before anything can go wrong.
  const json = readFlags(flagsOf(verifier), args).values['output'] === 'json';
  const { env, signal: interrupted, broken, progress } = io;
  const safe = lineSafe(io.secrets);
  try {
    const report = await runVerifier(verifier, args, {
      ...{ env, secrets: io.secrets, signal: interrupted, broken, progress },
      onLine: (check) => {
        if (!json) {
          io.tell(check);
        }
      },
      onTaken: (taken) => {
        const line = takenLine(taken);
        if (!json && line !== undefined) {
          io.out(`${line}\n`);
        }
      },
    });
    io.out(json ? `${jsonText(report)}\n` : `${summaryOf(report)}\n`);
    return report.exitCode;
  } catch (error) {
    const signal = interrupted.aborted ? interrupted : broken;
    const { problems, exitCode } = endWithoutVerdict(verifier.name, { error, signal, progress });
    if (json) {
      io.out(errorDocument(verifier.name, problems.map(safe), exitCode));
    }
    for (const problem of problems) {
      io.err(`${safe(`error: ${problem}`)}\n`);
    }
    if (error instanceof UsageError) {
      io.err(`\`meho-acceptance ${verifier.name} --help\` lists the flags\n`);
    }
    return exitCode;
  }
}
