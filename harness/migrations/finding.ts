import type { RuleId } from './rules/rules.ts';

export type Severity = 'error' | 'warning';

/** Half-open range of UTF-16 offsets in a file. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** What a rule has against one statement, before overrides are weighed. */
export interface RawFinding {
  readonly rule: RuleId;
  /** Where it is known to weigh more than the rule says by itself. */
  readonly severity?: Severity;
  /** What the statement does, e.g. `drops column audit_log.payload`. */
  readonly message: string;
  /** Where it is, as an offset in the file. */
  readonly offset: number;
  /** The statement and everything it sits in, innermost first: an override may stand at any of them. */
  readonly frames: readonly SourceRange[];
  /** The SQL that reaches the server, shortened to one line. */
  readonly statement: string;
}

export interface Override {
  readonly rule: string;
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
}

/** A finding as it is reported. Lines and columns are 1-based. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly statement: string;
  /** Set where a reasoned override accepts the finding: it is printed and doesn't fail the run. */
  readonly override?: Override;
}
