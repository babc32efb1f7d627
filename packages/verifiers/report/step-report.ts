import type { Result } from '@meho/contract/check';
import { endWithoutVerdict, errorDocument } from '@meho/core/command-line/error-document';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import { BrokenOff, Interrupted } from '@meho/core/command-line/interrupted';
import { UsageError } from '@meho/core/problem';
import { fieldSafe, lineSafe } from '@meho/core/redaction/line-safe';
import type { Phase } from '@meho/core/report/timeline';
import type { KubeApi } from '@meho/kube/api/api';
import { clusterContextOf, contextLine, type HelmContext, type RunContext } from '../flags/run-context.ts';
import type { StandaloneIo } from '../standalone.ts';
import { countsOf } from './lines.ts';
import { type CheckReport, lineOf, reportOf } from './report.ts';

/**
 * For commands that create and remove things; published as `step-output.schema.json`. Steps and checks share a list:
 * both state an expectation and its outcome.
 */
export interface StepReport {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly namespace: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failed' | 'interrupted';
  readonly exitCode: Exclude<ExitCode, 2>;
  readonly taken: RunContext;
  readonly checks: readonly CheckReport[];
  readonly accepted?: number;
  /** In milliseconds. */
  readonly phases: readonly PhaseReport[];
}

export interface PhaseReport {
  readonly title: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

export function phaseReports(phases: readonly Phase[]): readonly PhaseReport[] {
  return phases.map(({ title, startMs, durationMs, failed }) => ({
    title,
    startMs: Math.round(startMs),
    durationMs: Math.round(durationMs),
    failed,
  }));
}

/** @param isRefused where an accepted failure still counts */
export function endOf(
  checks: readonly CheckReport[],
  signal: AbortSignal,
  isRefused = false,
): Pick<StepReport, 'outcome' | 'exitCode'> {
  if (signal.reason instanceof Interrupted) {
    return { outcome: 'interrupted', exitCode: signal.reason.exitCode };
  }
  return signal.reason instanceof BrokenOff || isRefused || checks.some(({ status }) => status === 'FAIL')
    ? { outcome: 'failed', exitCode: 1 }
    : { outcome: 'passed', exitCode: 0 };
}

/** E.g. `pr-smoke: passed, 6 hold, 12.4 s`. */
export function closingLineOf({ command, outcome, checks, durationMs }: StepReport): string {
  return `${command}: ${outcome}, ${countsOf(checks).join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}

/** Reports unusual surroundings, unless all output is one document. */
export function contextOf(
  api: Pick<KubeApi, 'access' | 'connection'>,
  io: Pick<StandaloneIo, 'out'>,
  {
    safe,
    json,
    helm,
  }: { readonly safe: (text: string) => string; readonly json: boolean; readonly helm?: HelmContext },
): RunContext {
  const cluster = clusterContextOf(api, safe);
  const taken = { ...(cluster === undefined ? {} : { cluster }), ...(helm === undefined ? {} : { helm }) };
  const line = contextLine(taken);
  if (!json && line !== undefined) {
    io.out(`${line}\n`);
  }
  return taken;
}

export interface ReportOutput {
  readonly io: StandaloneIo;
  readonly json: boolean;
  readonly safe: (text: string) => string;
}

export interface CollectorOptions {
  readonly safe: (text: string) => string;
  readonly json: boolean;
  /** Undefined if not accepted. */
  readonly because?: (result: Result) => string | undefined;
}

/** Reports each result at once, unless the output is one document. */
export function collector(
  io: Pick<StandaloneIo, 'out' | 'err'>,
  { safe, json, because = () => undefined }: CollectorOptions,
): { readonly checks: readonly CheckReport[]; readonly onResult: (result: Result) => void } {
  const checks: CheckReport[] = [];
  const onResult = (result: Result) => {
    const report = reportOf(result, safe, because(result));
    checks.push(report);
    if (!json) {
      tellLine(io, report);
    }
  };
  return { checks, onResult };
}

/** Failures and warnings go to stderr. */
function tellLine(io: Pick<StandaloneIo, 'out' | 'err'>, report: CheckReport): void {
  const write = report.status === 'FAIL' || report.status === 'WARN' ? io.err : io.out;
  write(`${lineOf(report)}\n`);
}

/** @returns 2; 1 for a run broken off under way; or the signal's code */
export function reportProblems(
  { out, err, secrets, signal, progress }: Pick<StandaloneIo, 'out' | 'err' | 'secrets' | 'signal' | 'progress'>,
  { command, json, error }: { readonly command: string; readonly json: boolean; readonly error: unknown },
): ExitCode {
  const { problems, exitCode: byError } = endWithoutVerdict(command, { error, signal, progress });
  const exitCode = signal.reason instanceof Interrupted ? signal.reason.exitCode : byError;
  if (json) {
    out(errorDocument(command, problems.map(fieldSafe(secrets)), exitCode));
  }
  const safe = lineSafe(secrets);
  for (const problem of problems) {
    err(`${safe(`error: ${problem}`)}\n`);
  }
  if (error instanceof UsageError) {
    err(`\`meho-acceptance ${command} --help\` lists the flags\n`);
  }
  return exitCode;
}
