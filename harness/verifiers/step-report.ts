import type { Result } from '../contract/check.ts';
import type { KubeApi } from '../kube/api.ts';
import { UsageError } from '../problem.ts';
import type { Phase } from '../report/timeline.ts';
import { BrokenOff, Interrupted } from './interrupted.ts';
import { countsOf } from './lines.ts';
import { fieldSafe, lineSafe } from './redact.ts';
import { type CheckReport, endWithoutVerdict, errorDocument, lineOf, reportOf } from './report.ts';
import type { ExitCode, StandaloneIo } from './standalone.ts';
import { type Taken, type TakenHelm, takenCluster, takenLine } from './taken.ts';

/**
 * What a command that makes and removes things says with --output json; `step-output.schema.json` is its published
 * shape. Steps and checks stand in one list: both promise something and say what came of it.
 */
export interface StepReport {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly namespace: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failed' | 'interrupted';
  readonly exitCode: Exclude<ExitCode, 2>;
  readonly taken: Taken;
  readonly checks: readonly CheckReport[];
  /** How many failures somebody answers for, where the command lets anybody do that. */
  readonly accepted?: number;
  /** Where the time went, start and length in milliseconds. */
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

/** How a run ended, with the exit code that says so. @param isRefused where what is accepted counts as a failure */
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

/** The last line of a run, e.g. `pr-smoke: passed, 6 hold, 12.4 s`. */
export function closingLineOf({ command, outcome, checks, durationMs }: StepReport): string {
  return `${command}: ${outcome}, ${countsOf(checks).join(', ')}, ${(durationMs / 1000).toFixed(1)} s`;
}

/** What a run is made with: told at once where it isn't what anybody expects, unless all is one document. */
export function takenBy(
  api: Pick<KubeApi, 'access' | 'connection'>,
  io: Pick<StandaloneIo, 'out'>,
  { safe, json, helm }: { readonly safe: (text: string) => string; readonly json: boolean; readonly helm?: TakenHelm },
): Taken {
  const cluster = takenCluster(api, safe);
  const taken = { ...(cluster === undefined ? {} : { cluster }), ...(helm === undefined ? {} : { helm }) };
  const line = takenLine(taken);
  if (!json && line !== undefined) {
    io.out(`${line}\n`);
  }
  return taken;
}

/** How a run's report is told. */
export interface Telling {
  readonly io: StandaloneIo;
  readonly json: boolean;
  /** Makes texts from outside fit for a field of the report. */
  readonly safe: (text: string) => string;
}

export interface Collecting {
  readonly safe: (text: string) => string;
  readonly json: boolean;
  /** Why a failure is accepted; undefined where it isn't. */
  readonly because?: (result: Result) => string | undefined;
}

/** What came of each step and check: told at once, unless it is one document at the end that is to be told. */
export function collector(
  io: Pick<StandaloneIo, 'out' | 'err'>,
  { safe, json, because = () => undefined }: Collecting,
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

/** A line a step or check: what failed or warns to stderr, the rest to stdout. */
function tellLine(io: Pick<StandaloneIo, 'out' | 'err'>, report: CheckReport): void {
  const write = report.status === 'FAIL' || report.status === 'WARN' ? io.err : io.out;
  write(`${lineOf(report)}\n`);
}

/**
 * Tells why there is no verdict, each problem on a line of its own.
 *
 * @returns 2, 1 for what broke off while it asked, or what a signal's end is
 */
export function tellProblems(
  { out, err, secrets, signal, progress }: Pick<StandaloneIo, 'out' | 'err' | 'secrets' | 'signal' | 'progress'>,
  { command, json, error }: { readonly command: string; readonly json: boolean; readonly error: unknown },
): ExitCode {
  const { problems, exitCode } = endWithoutVerdict(command, { error, signal, progress });
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
  return signal.reason instanceof Interrupted ? signal.reason.exitCode : exitCode;
}
