import { endWithoutVerdict, errorDocument } from '@meho/core/command-line/error-document';
import type { ExitCode, Progress } from '@meho/core/command-line/exit-code';
import { readFlags } from '@meho/core/command-line/flags';
import type { VerifierEnvironment } from '@meho/core/config';
import { UsageError } from '@meho/core/problem';
import { lineSafe } from '@meho/core/redaction/line-safe';
import { jsonText } from '@meho/core/report/safe-text';
import { contextLine } from './flags/run-context.ts';
import { summaryOf } from './report/lines.ts';
import type { CheckReport } from './report/report.ts';
import { runVerifier } from './run-verifier.ts';
import type { StandaloneIo } from './standalone.ts';
import { flagsOf, type Verifier } from './verifier.ts';

export interface VerifyIo extends Pick<StandaloneIo, 'out' | 'err' | 'secrets'> {
  readonly env: VerifierEnvironment;
  readonly signal: AbortSignal;
  readonly broken: AbortSignal;
  readonly progress: Progress;
  readonly tell: (report: CheckReport) => void;
}

/** Reports in lines, or as one document whatever the end. */
export async function verify(verifier: Verifier, args: readonly string[], io: VerifyIo): Promise<ExitCode> {
  // Decides the form of all output, errors included.
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
        const line = contextLine(taken);
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
