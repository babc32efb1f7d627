import type { CheckInputs, Result } from '@meho/contract/check';
import { networkPolicyChecks } from '@meho/contract/network-policy';
import { runChecks } from '@meho/contract/run-checks';
import type { ExitCode } from '@meho/core/command-line/exit-code';
import { wantsColour } from '@meho/core/config/terminal';
import { messageOf, UsageError } from '@meho/core/problem';
import { jsonText, safeLine } from '@meho/core/report/safe-text';
import type { PolicyMeasurement } from '@meho/network-policy/policy-measurement';
import { documentOf } from '@meho/network-policy/report/document';
import { keepReports } from '@meho/network-policy/report/keep';
import { terminalOf } from '@meho/network-policy/report/terminal';
import { type Acceptances, acceptanceReason, unusedAcceptances } from '../flags/acceptances.ts';
import type { RunContext } from '../flags/run-context.ts';
import { writeJunit } from '../report/junit.ts';
import { networkPolicySummary } from '../report/network-policy-summary.ts';
import { closingLineOf, collector, endOf, type ReportOutput, type StepReport } from '../report/step-report.ts';
import { appendStepSummary, writeSummary } from '../report/step-summary.ts';

const name = 'network-policy';

export interface PolicyRun extends ReportOutput {
  readonly cluster: CheckInputs['cluster'];
  readonly taken: RunContext;
  readonly values: {
    readonly matrix: boolean;
    readonly report: string | undefined;
    readonly junit: string | undefined;
    readonly summary: string | undefined;
    readonly 'fail-on-accepted': boolean;
  };
  readonly accepted: Acceptances;
  readonly stepSummary: string | undefined;
}

/** @throws UsageError if a report can't be written, or nothing failed and an acceptance was unused */
export async function judgePolicy(measurement: PolicyMeasurement, run: PolicyRun): Promise<ExitCode> {
  const { io, json, safe, cluster, taken, values, accepted: known } = run;
  const { namespace, release } = cluster;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const because = (result: Result) => acceptanceReason(result, known);
  const { checks, onResult } = collector(io, { safe, json, because });
  const target = { inputs: { cluster }, missing: {} };
  const results = await runChecks(networkPolicyChecks(measurement), target, { signal: io.signal, onResult });
  const reasons = new Map(checks.flatMap(({ id, accepted }) => (accepted ? [[id, accepted.because] as const] : [])));
  if (results.some(isMatrix)) {
    const document = documentOf(await measurement.matrix(io.signal), { namespace, release }, reasons);
    if (values.matrix && !json) {
      (io.painted ?? io.out)(`${terminalOf(document, { colour: wantsColour({ isTTY: io.outIsTerminal }) })}\n`);
    }
    if (values.report !== undefined) {
      await keep(values.report, document);
    }
  }
  const durationMs = Math.round(performance.now() - started);
  if (values.junit !== undefined) {
    await writeJunit(values.junit, { verifier: name, checks, durationMs, startedAt });
  }
  const report: StepReport = {
    schemaVersion: 1,
    command: name,
    namespace,
    startedAt,
    durationMs,
    ...endOf(checks, io.signal, values['fail-on-accepted'] && reasons.size > 0),
    taken,
    checks,
    accepted: reasons.size,
    phases: [],
  };
  const unused = unusedAcceptances(known, results);
  const markdown = networkPolicySummary(report, unused.map(safe));
  writeSummary(values.summary, markdown);
  appendStepSummary(run.stepSummary, markdown, io);
  if (report.exitCode === 0 && unused.length > 0) {
    throw new UsageError(unused);
  }
  for (const line of json ? [] : unused) {
    io.err(`${safeLine(`[WARN] ${line}`)}\n`);
  }
  io.out(json ? `${jsonText(report)}\n` : `${closingLineOf(report)}\n`);
  return report.exitCode;
}

function isMatrix({ check: { id }, verdict: { outcome } }: Result): boolean {
  return (
    ['policy-matrix', 'policy-broadcast', 'policy-dns'].includes(id) && (outcome === 'holds' || outcome === 'violated')
  );
}

async function keep(folder: string, document: ReturnType<typeof documentOf>): Promise<void> {
  try {
    await keepReports(folder, document);
  } catch (error) {
    throw new UsageError([`--report ${folder}: can't be written: ${messageOf(error)}`], { cause: error });
  }
}
