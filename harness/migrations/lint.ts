import { judgeAlembic } from './alembic/judge-alembic.ts';
import { type Environment, plainEnvironment } from './environment.ts';
import type { Finding, Override, RawFinding, Severity } from './finding.ts';
import { type Comment, overrideFor, readOverrides } from './overrides.ts';
import { isUnjudged, type RuleId, rules } from './rules/rules.ts';
import { columnOf, lineOf, type SourceText, sourceText } from './source-text.ts';
import { sqlComments } from './sql/comments.ts';
import { judgeSql } from './sql/judge-sql.ts';
import { loadSqlParser } from './sql/parser.ts';
import type { Scope } from './sql/scope.ts';
import { MigrationState } from './sql/state.ts';

export interface LintOptions {
  /** What could not be parsed or followed is a warning instead of an error. */
  readonly allowUnjudged: boolean;
  /** The runner sets lock_timeout: statements need not. */
  readonly assumeLockTimeout: boolean;
}

export interface MigrationFile {
  /** As it is reported. */
  readonly path: string;
  readonly language: 'sql' | 'python';
  readonly text: string;
  /** Of a Python file. */
  readonly environment?: Environment;
}

export interface FileReport {
  readonly path: string;
  readonly findings: readonly Finding[];
  /** Every accepted override that allows something. */
  readonly overrides: readonly Override[];
}

/** More bodies of functions than any migration needs to have followed. */
const mostBodies = 2_000;

/** Must have been awaited once before `lintFile`. */
export const prepareLint = loadSqlParser;

/** Judges one migration. Two findings of one rule at one place are one. */
export function lintFile(file: MigrationFile, options: LintOptions): FileReport {
  const source = sourceText(file.path, file.text);
  const raw: RawFinding[] = [];
  const scope: Scope = {
    state: new MigrationState(),
    locate: (offset) => offset,
    frames: [],
    depth: 0,
    active: [],
    budget: { bodies: mostBodies },
    environment: file.environment ?? plainEnvironment,
    assumeLockTimeout: options.assumeLockTimeout,
    variables: new Map(),
    report: (finding) => raw.push(finding),
  };
  const comments = judge(file, source, scope);
  const { overrides, problems } = readOverrides(source, comments);
  const findings = new Map<string, Finding>();
  const add = (
    rule: RuleId,
    message: string,
    offset: number,
    statement: string,
    { override, severity }: { readonly override?: Override | undefined; readonly severity?: Severity | undefined } = {},
  ) => {
    const weight = severity ?? severityOf(rule, options);
    const finding: Finding = {
      rule,
      severity: weight,
      file: source.path,
      line: lineOf(source, offset),
      column: columnOf(source, offset),
      message,
      statement,
      ...(override === undefined ? {} : { override }),
    };
    findings.set([rule, finding.line, finding.column, message].join('\0'), finding);
  };
  for (const finding of raw) {
    add(finding.rule, finding.message, finding.offset, finding.statement, {
      override: overrideFor(source, overrides, finding),
      severity: finding.severity,
    });
  }
  for (const { rule, message, offset } of problems) {
    add(rule, message, offset, '');
  }
  for (const { rule, offset, used } of overrides) {
    if (!used) {
      add('override-unused', `allows ${rule}, but the statement has no such finding`, offset, '');
    }
  }
  return {
    path: file.path,
    findings: [...findings.values()].sort((one, other) => one.line - other.line || one.column - other.column),
    overrides: overrides.filter(({ used }) => used).map(({ rule, reason, line }) => ({ rule, reason, line })),
  };
}

function judge(file: MigrationFile, source: SourceText, scope: Scope): readonly Comment[] {
  try {
    if (file.language === 'python') {
      return judgeAlembic(source, scope);
    }
    judgeSql(file.text, scope);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    // The stack is full: code that is nested deeper than a program is written.
    const statement = {
      rule: 'budget-exhausted',
      message: 'is nested deeper than is followed',
      statement: '',
    } as const;
    scope.report({ ...statement, offset: 0, frames: [] });
    return [];
  }
  return sqlComments(file.text);
}

function severityOf(rule: RuleId, { allowUnjudged }: LintOptions): Severity {
  return allowUnjudged && isUnjudged(rule) ? 'warning' : rules[rule].severity;
}
