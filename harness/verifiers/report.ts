import type { Asked } from '../contract/backplane.ts';
import { fails, type Result, type Verdict } from '../contract/check.ts';
import { messageOf, UsageError } from '../problem.ts';
import { jsonText, safeLine } from '../report/safe-text.ts';
import { BrokenOff } from './interrupted.ts';
import type { Progress } from './standalone.ts';
import type { Taken } from './taken.ts';

/** What came of a check, as it is reported everywhere: nothing in it is secret, and no text has line breaks. */
export interface CheckReport {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
  readonly outcome: Verdict['outcome'];
  readonly expected?: string;
  readonly observed?: string;
  readonly hint?: string;
  readonly reason?: string;
  readonly evidence?: readonly string[];
  /** Somebody answers for it (`--accept`): a failure that is a warning, and why. */
  readonly accepted?: { readonly because: string };
  readonly durationMs: number;
}

/** The one document of `--output json`; `output.schema.json` is its published shape. */
export interface RunReport {
  readonly schemaVersion: 1;
  readonly verifier: string;
  readonly namespace: string;
  readonly release: string;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: 'passed' | 'failed';
  readonly exitCode: 0 | 1;
  readonly taken: Taken;
  readonly checks: readonly CheckReport[];
  readonly requests: readonly RequestReport[];
}

/** A request that was answered and where its time went, in milliseconds with one decimal. */
export interface RequestReport {
  readonly path: string;
  readonly withToken: boolean;
  readonly status: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly waitMs: number;
  readonly readMs: number;
  readonly serverTiming?: string;
}

/** What there is to say where the verifier could not run as asked (2), or broke off while it asked (1). */
export interface ErrorReport {
  readonly schemaVersion: 1;
  readonly verifier: string;
  readonly outcome: 'error';
  readonly exitCode: 1 | 2;
  readonly problems: readonly string[];
}

/** The one document of `--output json` of a run without a verdict. */
export function errorDocument(verifier: string, problems: readonly string[], exitCode: 1 | 2 = 2): string {
  const report: ErrorReport = { schemaVersion: 1, verifier, outcome: 'error', exitCode, problems };
  return `${jsonText(report)}\n`;
}

/** Why a run has no verdict: it was called off, could not run as asked, or broke off by a defect. */
export function endWithoutVerdict(
  command: string,
  { error, signal, progress }: { error: unknown; signal: AbortSignal; progress: Progress | undefined },
): Pick<ErrorReport, 'problems' | 'exitCode'> {
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

/** Longest text that comes from the deployment: what stands behind it must still be read. */
const LONGEST_OBSERVED = 400;

/** @param because why it is accepted, where it is */
export function reportOf(
  { check, verdict, durationMs }: Result,
  safe: (text: string) => string,
  because?: string,
): CheckReport {
  const base = {
    id: check.id,
    title: safe(check.title),
    outcome: verdict.outcome,
    durationMs: Math.round(durationMs),
  };
  switch (verdict.outcome) {
    case 'holds':
      return { ...base, status: 'ok', observed: clipped(safe(verdict.observed)), ...evidenceOf(verdict, safe) };
    case 'violated':
    case 'unknown':
      return {
        ...base,
        status: fails(verdict) && because === undefined ? 'FAIL' : 'WARN',
        expected: safe(verdict.expected),
        observed: clipped(safe(verdict.observed)),
        hint: safe(verdict.hint),
        ...(verdict.outcome === 'violated' ? evidenceOf(verdict, safe) : {}),
        ...(because === undefined ? {} : { accepted: { because: clipped(safe(because)) } }),
      };
    case 'skipped':
      return { ...base, status: 'note', reason: safe(verdict.reason) };
  }
}

export function requestOf({ timing, serverTiming, ...asked }: Asked, safe: (text: string) => string): RequestReport {
  const tenths = (ms: number) => Math.round(ms * 10) / 10;
  return {
    ...asked,
    connectMs: tenths(timing.connectMs),
    tlsMs: tenths(timing.tlsMs),
    waitMs: tenths(timing.waitMs),
    readMs: tenths(timing.readMs),
    ...(serverTiming === undefined ? {} : { serverTiming: clipped(safe(serverTiming)) }),
  };
}

/**
 * `[ok] title: seen`, `[FAIL] title: expected …; seen …; look first: …`, `[note] title: reason`, `[WARN] accepted id: title:
 * expected …; seen …; because …`.
 */
export function lineOf(report: CheckReport): string {
  const { id, status, title, expected, observed, hint, reason, accepted } = report;
  if (accepted !== undefined) {
    return safeLine(
      `[${status}] accepted ${id}: ${title}: expected ${expected}; seen ${observed}; because ${accepted.because}`,
    );
  }
  const says =
    status === 'ok' || status === 'note'
      ? (observed ?? reason)
      : `expected ${expected}; seen ${observed}; look first: ${hint}`;
  return safeLine(`[${status}] ${title}: ${says}`);
}

function evidenceOf({ evidence }: { readonly evidence?: readonly string[] }, safe: (text: string) => string) {
  return evidence === undefined || evidence.length === 0 ? {} : { evidence: evidence.map(safe) };
}

function clipped(text: string): string {
  return text.length > LONGEST_OBSERVED ? `${text.slice(0, LONGEST_OBSERVED)}…` : text;
}
