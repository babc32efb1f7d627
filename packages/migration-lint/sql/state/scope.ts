import type { Environment } from '../../environment.ts';
import type { RawFinding, Severity, SourceRange } from '../../finding.ts';
import type { RuleId } from '../../rules/rules.ts';
import { type Known, placeholder } from '../expressions/fold.ts';
import type { LocalRoutine, MigrationState } from './state.ts';

export interface Scope {
  readonly state: MigrationState;
  /** Maps SQL offsets to file offsets. */
  readonly locate: (offset: number) => number;
  /** Innermost first: a DO block, a Python statement, its callers. */
  readonly frames: readonly SourceRange[];
  /** Depth of nested calls. */
  readonly depth: number;
  /** Outermost first. */
  readonly active: readonly LocalRoutine[];
  /** Function bodies still to follow: double recursion would grow exponentially. */
  readonly budget: { bodies: number };
  readonly environment: Environment;
  readonly assumeLockTimeout: boolean;
  /** Known from the surrounding PL/pgSQL code. */
  readonly variables: ReadonlyMap<string, Known>;
  readonly report: (finding: RawFinding) => void;
}

export interface StatementScope extends Scope {
  readonly start: number;
  readonly end: number;
  readonly source: string;
  readonly statement: string;
  /** Maps tree locations to SQL offsets. */
  readonly indexOf: (byte: number) => number;
}

/** How often a recursive function is followed with known arguments; then once more without. */
export const mostRecursions = 1;

/** Deeper nesting is treated as code that can't be followed. */
export const deepest = 50;

/** @param location in bytes; if absent, the statement's start is used */
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
    sql: scope.source,
  });
}

function legible(text: string): string {
  return text.replaceAll(new RegExp(`"?${placeholder}(_\\d+)?"?`, 'g'), '<unknown>');
}

/** Runs `judge` on code that may not run: what that code creates doesn't count afterwards. */
export function maybe<S extends Scope, T>(scope: S, judge: (branch: S) => T): T {
  const state = scope.state.fork();
  const result = judge({ ...scope, state });
  scope.state.absorbRisks(state);
  return result;
}

export function oneLine(text: string, longest = 160): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}
