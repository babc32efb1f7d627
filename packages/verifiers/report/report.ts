import type { TimedRequest } from '@meho/contract/backplane/backplane';
import { isFailure, type Result, type Verdict } from '@meho/contract/check';
import { failureLine } from '@meho/core/failure';
import { pageLink } from '@meho/core/report/page-link';
import { safeLine } from '@meho/core/report/safe-text';
import type { RunContext } from '../flags/run-context.ts';

/** Free of secrets and line breaks. */
export interface CheckReport {
  readonly id: string;
  readonly title: string;
  readonly status: 'ok' | 'FAIL' | 'WARN' | 'note';
  readonly outcome: Verdict['outcome'];
  readonly expected?: string;
  readonly observed?: string;
  readonly hint?: string;
  readonly reason?: string;
  /** From the package's root, e.g. `docs/checks/healthz.md`. */
  readonly page?: string;
  readonly evidence?: readonly string[];
  /** Set by `--accept`: the failure counts as a warning. */
  readonly accepted?: { readonly because: string };
  readonly durationMs: number;
}

/** Published as `output.schema.json`. */
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
  readonly taken: RunContext;
  readonly checks: readonly CheckReport[];
  readonly requests: readonly RequestReport[];
}

/** In milliseconds with one decimal. */
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

/** Short enough that what follows the deployment's text is still read. */
const LONGEST_OBSERVED = 400;

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
      return { ...base, status: 'ok', observed: clip(safe(verdict.observed)), ...evidenceOf(verdict, safe) };
    case 'violated':
    case 'unknown':
      return {
        ...base,
        status: isFailure(verdict) && because === undefined ? 'FAIL' : 'WARN',
        expected: safe(verdict.expected),
        observed: clip(safe(verdict.observed)),
        hint: safe(verdict.hint),
        ...(check.page === undefined ? {} : { page: check.page }),
        ...(verdict.outcome === 'violated' ? evidenceOf(verdict, safe) : {}),
        ...(because === undefined ? {} : { accepted: { because: clip(safe(because)) } }),
      };
    case 'skipped':
      return { ...base, status: 'note', reason: safe(verdict.reason) };
  }
}

export function requestOf(
  { timing, serverTiming, ...asked }: TimedRequest,
  safe: (text: string) => string,
): RequestReport {
  const tenths = (ms: number) => Math.round(ms * 10) / 10;
  return {
    ...asked,
    connectMs: tenths(timing.connectMs),
    tlsMs: tenths(timing.tlsMs),
    waitMs: tenths(timing.waitMs),
    readMs: tenths(timing.readMs),
    ...(serverTiming === undefined ? {} : { serverTiming: clip(safe(serverTiming)) }),
  };
}

/**
 * `[ok] title: seen`, `[FAIL] title: expected …; seen …; page: …; look first: …`, `[note] title: reason`, `[WARN]
 * accepted id: title: expected …; seen …; because …`.
 */
export function lineOf(report: Omit<CheckReport, 'outcome' | 'durationMs'>): string {
  const { id, status, title, expected, observed, hint, page, reason, accepted } = report;
  if (status === 'ok' || status === 'note' || expected === undefined || observed === undefined) {
    return safeLine(`[${status}] ${title}: ${observed ?? reason}`);
  }
  if (accepted !== undefined) {
    return safeLine(
      `[${status}] accepted ${id}: ${title}: ${failureLine({ expected, observed })}; because ${accepted.because}`,
    );
  }
  const link = page === undefined ? undefined : pageLink(page);
  return safeLine(`[${status}] ${title}: ${failureLine({ expected, observed, hint, page: link })}`);
}

function evidenceOf({ evidence }: { readonly evidence?: readonly string[] }, safe: (text: string) => string) {
  return evidence === undefined || evidence.length === 0 ? {} : { evidence: evidence.map(safe) };
}

function clip(text: string): string {
  return text.length > LONGEST_OBSERVED ? `${text.slice(0, LONGEST_OBSERVED)}…` : text;
}
