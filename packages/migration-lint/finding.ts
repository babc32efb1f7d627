import type { RuleId } from './rules/rules.ts';

export type Severity = 'error' | 'warning';

export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

export interface RawFinding {
  readonly rule: RuleId;
  /** Set if above the rule's default. */
  readonly severity?: Severity;
  /** E.g. `drops column audit_log.payload`. */
  readonly message: string;
  readonly offset: number;
  /** The statement and what encloses it, innermost first: an override may stand at any. */
  readonly frames: readonly SourceRange[];
  /** The SQL that reaches the server, on one line. */
  readonly statement: string;
  /** The whole of it, where `statement` may be shortened. */
  readonly sql?: string;
}

export interface Override {
  readonly rule: string;
  readonly reason: string;
  readonly line: number;
}

/** Lines and columns are 1-based. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly statement: string;
  /** Then the finding is printed but doesn't fail the run. */
  readonly override?: Override;
  /** Of the statement, not of its place. */
  readonly fingerprint?: string;
  /** The baseline that has it: then it is counted, but doesn't fail the run. */
  readonly acceptedBy?: string;
}
