import { wantsColour } from '../config.ts';
import type { Given, Result } from '../contract/check.ts';
import { networkPolicyChecks } from '../contract/network-policy.ts';
import { runChecks } from '../contract/run-checks.ts';
import type { PolicyLook } from '../policy/look.ts';
import { documentOf } from '../policy/report/document.ts';
import { keepReports } from '../policy/report/keep.ts';
import { terminalOf } from '../policy/report/terminal.ts';
import { messageOf, UsageError } from '../problem.ts';
import { jsonText, safeLine } from '../report/safe-text.ts';
import { type Acceptances, acceptedBecause, idle } from './accepted.ts';
import { writeJunit } from './junit.ts';
import { networkPolicySummary } from './network-policy-summary.ts';
import type { ExitCode } from './standalone.ts';
import { closingLineOf, collector, endOf, type StepReport, type Telling } from './step-report.ts';
import type { Taken } from './taken.ts';
import { appendStepSummary, writeSummary } from './written-summary.ts';

const name = 'network-policy';

export interface PolicyRun extends Telling {
  readonly cluster: Given['cluster'];
  readonly taken: Taken;
  readonly values: {
    readonly matrix: boolean;
    readonly report: string | undefined;
    readonly junit: string | undefined;
    readonly summary: string | undefined;
    readonly 'fail-on-accepted': boolean;
  };
  readonly accepted: Acceptances;
  /** File that the summary is appended to. */
  readonly stepSummary: string | undefined;
}

/**
 * Makes the checks, and tells what came of them in every form that was asked for.
 *
 * @throws UsageError where a report can't be written, or nothing failed and an acceptance was for nothing
 */
export async function judgePolicy(look: PolicyLook, run: PolicyRun): Promise<ExitCode> {
  const { io, json, safe, cluster, taken, values, accepted: known } = run;
  const { namespace, release } = cluster;
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const because = (result: Result) => acceptedBecause(result, known);
  const { checks, onResult } = collector(io, { safe, json, because });
  const target = { given: { cluster }, missing: {} };
  const results = await runChecks(networkPolicyChecks(look), target, { signal: io.signal, onResult });
  const reasons = new Map(checks.flatMap(({ id, accepted }) => (accepted ? [[id, accepted.because] as const] : [])));
  if (results.some(isMatrix)) {
    const document = documentOf(await look.matrix(io.signal), { namespace, release }, reasons);
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
  const unused = idle(known, results);
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

/** Whether a matrix was measured: then there is one to show. */
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
