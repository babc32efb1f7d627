import { judgeAlembic } from './alembic/judge-alembic.ts';
import type { Finding, Override, RawFinding } from './finding.ts';
import { type Comment, overrideFor, readOverrides } from './overrides.ts';
import { type RuleId, rules } from './rules/rules.ts';
import { columnOf, lineOf, type SourceText, sourceText } from './source-text.ts';
import { sqlComments } from './sql/comments.ts';
import { judgeSql } from './sql/judge-sql.ts';
import { loadSqlParser } from './sql/parser.ts';
import type { Scope } from './sql/scope.ts';
import { MigrationState } from './sql/state.ts';

export interface LintOptions {
  /** What could not be parsed or followed is an error instead of a warning. */
  readonly strict: boolean;
  /** The runner sets lock_timeout: statements need not. */
  readonly assumeLockTimeout: boolean;
}

export interface MigrationFile {
  /** As it is reported. */
  readonly path: string;
  readonly language: 'sql' | 'python';
  readonly text: string;
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
    budget: { bodies: mostBodies },
    assumeLockTimeout: options.assumeLockTimeout,
    variables: new Map(),
    report: (finding) => raw.push(finding),
  };
  const comments = judge(file, source, scope);
  const { overrides, problems } = readOverrides(source, comments);
  const findings = new Map<string, Finding>();
  const add = (rule: RuleId, message: string, offset: number, statement: string, override?: Override) => {
    const finding = place(source, rule, message, offset, statement, options, override);
    findings.set([rule, finding.line, finding.column, message].join('\0'), finding);
  };
  for (const finding of raw) {
    add(finding.rule, finding.message, finding.offset, finding.statement, overrideFor(source, overrides, finding));
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
  if (file.language === 'python') {
    return judgeAlembic(source, scope);
  }
  judgeSql(file.text, scope);
  return sqlComments(file.text);
}

function place(
  source: SourceText,
  rule: RuleId,
  message: string,
  offset: number,
  statement: string,
  options: LintOptions,
  override: Override | undefined,
): Finding {
  const blind = rule === 'cannot-parse' || rule === 'cannot-follow';
  return {
    rule,
    severity: blind && options.strict ? 'error' : rules[rule].severity,
    file: source.path,
    line: lineOf(source, offset),
    column: columnOf(source, offset),
    message,
    statement,
    ...(override === undefined ? {} : { override }),
  };
}
