import type { Hiccups } from '../http/hiccups.ts';
import type { AuditLog } from './audit-log.ts';
import type { Backplane } from './backplane.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Secret } from './secret.ts';

/**
 * A check is a value: one promise of a deployment, with what must be at hand to look at it. Suites and verifiers take
 * the same checks from here.
 */

/** What checks look at. A run that lacks a part says why; the checks that need it are then skipped with that reason. */
export interface Given {
  readonly cluster: ClusterView;
  readonly https: Backplane;
  readonly database: AuditLog;
  readonly token: Secret;
}

/** What a check needs before it can be made. */
export type Need = keyof Given;

export type Verdict =
  | { readonly outcome: 'holds'; readonly observed: string; readonly evidence?: readonly string[] }
  | Violated
  | {
      /** The look itself failed (transport, permission, malformed answer): never a green line. */
      readonly outcome: 'unknown';
      /** The look did not fail, but what was seen doesn't tell: another check's failure is no explanation of that. */
      readonly seen?: true;
      readonly expected: string;
      readonly observed: string;
      readonly hint: string;
    }
  | {
      /** Not made, with the reason and what the operator can run instead. */
      readonly outcome: 'skipped';
      readonly reason: string;
    };

export interface Violated {
  readonly outcome: 'violated';
  readonly expected: string;
  readonly observed: string;
  /** Where to look first: a sentence or a command that works when pasted. */
  readonly hint: string;
  /** `advice` is reported as a warning and doesn't fail the run. */
  readonly severity: 'failure' | 'advice';
  readonly evidence?: readonly string[];
  /**
   * What this says of the host's other answers. `is-silent`: no part of the deployment can answer there. `gateway`: what
   * was seen is the answer of what stands before the deployment, and shows nothing of it. Either explains a gateway's
   * answer to a check that names this one in its `explainedBy`.
   */
  readonly host?: 'is-silent' | 'gateway';
  /** Nothing of the deployment is there: the failure of a check in `explainedBy` that says so as well explains it. */
  readonly isAbsence?: true;
  /** Whoever runs the check may accept this (`--accept`): it is known in full, and no more than the check's id says. */
  readonly acceptable?: true;
}

export interface Check<N extends Need = Need> {
  /** Stable and machine-readable, e.g. `deployment-available`. */
  readonly id: string;
  /** A promise in words, e.g. `Deployment is available`. */
  readonly title: string;
  readonly needs: readonly N[];
  /** Makes a missing need a failure: without it the run would show nothing. */
  readonly required?: boolean;
  /** What the operator can run where a need is missing; appended to the reason of the skip. */
  readonly byHand?: string | ((given: Partial<Given>, signal: AbortSignal) => Promise<string>);
  /** Ids of checks that must have come to a verdict, whichever, before this one looks; those not in the list don't count. */
  readonly after?: readonly string[];
  /**
   * Ids of checks whose failure explains it when this one can't look: its `unknown`, or a gateway's answer in the place
   * of the deployment's, is then a skip that names it.
   */
  readonly explainedBy?: readonly string[];
  /** Looks once, also at parts that it doesn't need where they are at hand; reads only. Must not throw for anything the deployment may do: that is what `unknown` is for. */
  run(given: Pick<Given, N> & Partial<Given>, signal: AbortSignal): Promise<Verdict>;
}

/** One check with what came of it. */
export interface Result {
  readonly check: Check;
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** Id of the check whose failure explains that this one could not be made. */
  readonly explainedBy?: string;
}

/** Whether a verdict makes the run fail. */
export function fails(verdict: Verdict): boolean {
  return verdict.outcome === 'unknown' || (verdict.outcome === 'violated' && verdict.severity === 'failure');
}

/** A verdict whose line also says what had to be asked again for it. */
export function withHiccups(verdict: Verdict, { line }: Hiccups): Verdict {
  return line === undefined || verdict.outcome === 'skipped'
    ? verdict
    : { ...verdict, observed: `${verdict.observed}; ${line}` };
}
