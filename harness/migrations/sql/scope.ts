import type { Environment } from '../environment.ts';
import type { RawFinding, Severity, SourceRange } from '../finding.ts';
import type { RuleId } from '../rules/rules.ts';
import { type Known, placeholder } from './fold.ts';
import type { LocalRoutine, MigrationState } from './state.ts';

/** Where a text of SQL comes from, and what is known at the point where it runs. */
export interface Scope {
  readonly state: MigrationState;
  /** From an offset in the SQL text to an offset in the file. */
  readonly locate: (offset: number) => number;
  /** What the SQL sits in, innermost first: a DO block, a Python statement and its callers. */
  readonly frames: readonly SourceRange[];
  /** How deep functions that call functions have been followed. */
  readonly depth: number;
  /** The functions of this migration that are being followed, outermost first. */
  readonly active: readonly LocalRoutine[];
  /** How many bodies of functions may still be followed: one that calls itself twice would double them at each depth. */
  readonly budget: { bodies: number };
  readonly environment: Environment;
  readonly assumeLockTimeout: boolean;
  /** What is known of the variables of PL/pgSQL code around the text. */
  readonly variables: ReadonlyMap<string, Known>;
  readonly report: (finding: RawFinding) => void;
}

/** A scope at one statement of the text. */
export interface StatementScope extends Scope {
  readonly start: number;
  readonly end: number;
  /** The statement's text as it is, and on one line. */
  readonly source: string;
  readonly statement: string;
  /** From a location in the syntax tree to an offset in the SQL text. */
  readonly indexOf: (byte: number) => number;
}

/** How often a function that calls itself is followed with what is known of its arguments; once more, with nothing known. */
export const mostRecursions = 1;

/** How deep functions and blocks are followed before they count as unfollowable. */
export const deepest = 50;

/**
 * Reports what a rule has against the statement.
 *
 * @param location a node's location (bytes), where the node has one; else the statement's start is shown
 */
export function report(
  scope: StatementScope,
  rule: RuleId,
  message: string,
  location?: number,
  severity?: Severity,
): void {
  const offset = location === undefined ? scope.start : Math.max(scope.indexOf(location), scope.start);
  scope.report({
    rule,
    ...(severity === undefined ? {} : { severity }),
    message: legible(message),
    offset: scope.locate(Math.min(offset, scope.end)),
    frames: scope.frames,
    statement: legible(scope.statement),
  });
}

/** Names that are only known at run time, as a reader understands them. */
function legible(text: string): string {
  return text.replaceAll(new RegExp(`"?${placeholder}(_\\d+)?"?`, 'g'), '<unknown>');
}

/** Runs `judge` on a copy of the state for code that may not run; what it makes does not count afterwards. */
export function perhaps<S extends Scope, T>(scope: S, judge: (branch: S) => T): T {
  const state = scope.state.fork();
  const result = judge({ ...scope, state });
  scope.state.absorbRisks(state);
  return result;
}

export function oneLine(text: string, longest = 160): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
