import type { Failure } from '@meho/core/failure';
import type { Hiccups } from '@meho/core/http/hiccups';
import type { AuditLog } from './audit-log/audit-log.ts';
import type { Backplane } from './backplane/backplane.ts';
import type { ClusterView } from './cluster/cluster-view.ts';
import type { Secret } from './token/secret.ts';

/** One promise of a deployment and the inputs it needs, shared by suites and verifiers. */

/** Checks that need a missing input are skipped with the reason. */
export interface CheckInputs {
  readonly cluster: ClusterView;
  readonly https: Backplane;
  readonly database: AuditLog;
  readonly token: Secret;
}

export type CheckInput = keyof CheckInputs;

export type Verdict =
  | { readonly outcome: 'holds'; readonly observed: string; readonly evidence?: readonly string[] }
  | Violated
  | {
      /** The look failed (transport, permission, malformed answer): never green. */
      readonly outcome: 'unknown';
      /** The look succeeded but proved nothing: another check's failure doesn't explain it. */
      readonly seen?: true;
      readonly expected: string;
      readonly observed: string;
      readonly hint: string;
    }
  | {
      readonly outcome: 'skipped';
      readonly reason: string;
    };

export interface Violated {
  readonly outcome: 'violated';
  readonly expected: string;
  readonly observed: string;
  /** A sentence, or a command that works when pasted. */
  readonly hint: string;
  /** `advice` is a warning that doesn't fail the run. */
  readonly severity: 'failure' | 'advice';
  readonly evidence?: readonly string[];
  /**
   * What this implies for the host's other answers. `is-silent`: no part of the deployment can answer. `gateway`:
   * something in front of it answered. Both explain gateway answers to checks that name this one in `explainedBy`.
   */
  readonly host?: 'is-silent' | 'gateway';
  /** The deployment doesn't exist. Explains the same failure of checks that name this one in `explainedBy`. */
  readonly isAbsence?: true;
  /** The user may `--accept` this: it is fully known and no more than the check's id says. */
  readonly acceptable?: true;
}

export interface Check<N extends CheckInput = CheckInput> {
  /** Stable and machine-readable, e.g. `deployment-available`. */
  readonly id: string;
  readonly title: string;
  /** From the repository's root. */
  readonly page?: string;
  readonly needs: readonly N[];
  /** Makes a missing input a failure: the run would prove nothing. */
  readonly required?: boolean;
  /** For the user, if an input is missing; appended to the skip's reason. */
  readonly byHand?: string | ((given: Partial<CheckInputs>, signal: AbortSignal) => Promise<string>);
  /** Ids of checks that need a verdict first; absent ones are ignored. */
  readonly after?: readonly string[];
  /** Ids of checks whose failure turns this one's `unknown`, or a gateway's answer, into a skip that names it. */
  readonly explainedBy?: readonly string[];
  /**
   * Looks once, read-only, also at optional inputs. Must not throw for anything the deployment does: return `unknown`.
   */
  run(given: Pick<CheckInputs, N> & Partial<CheckInputs>, signal: AbortSignal): Promise<Verdict>;
}

export interface Result {
  readonly check: Check;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** Id of the check whose failure explains this skip. */
  readonly explainedBy?: string;
}

export function isFailure(verdict: Verdict): boolean {
  return verdict.outcome === 'unknown' || (verdict.outcome === 'violated' && verdict.severity === 'failure');
}

/** What a check that doesn't hold says, wherever it is shown; undefined if it holds or was skipped. */
export function failureOf({ check, verdict }: Pick<Result, 'check' | 'verdict'>): Failure | undefined {
  if (verdict.outcome !== 'violated' && verdict.outcome !== 'unknown') {
    return undefined;
  }
  const { expected, observed, hint } = verdict;
  const evidence = verdict.outcome === 'violated' ? verdict.evidence : undefined;
  return { expected, observed, hint, page: check.page, evidence };
}

export function withHiccups(verdict: Verdict, { line }: Hiccups): Verdict {
  return line === undefined || verdict.outcome === 'skipped'
    ? verdict
    : { ...verdict, observed: `${verdict.observed}; ${line}` };
}
