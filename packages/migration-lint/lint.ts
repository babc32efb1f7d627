import { analyzeAlembic } from './alembic/analyze-alembic.ts';
import { combined, fingerprintOf } from './baseline/fingerprint.ts';
import { type Environment, plainEnvironment } from './environment.ts';
import { judgeRecording } from './execute/judge-recording.ts';
import type { Recording } from './execute/recording.ts';
import type { Finding, Override, RawFinding, Severity } from './finding.ts';
import { judgeObservation, type ObservationReport } from './observe/judge-observation.ts';
import type { Made } from './observe/made.ts';
import type { Observed } from './observe/observation.ts';
import { type Comment, overrideFor, readOverrides } from './overrides.ts';
import { type FileStates, freshStates } from './range-order.ts';
import { isUnjudged, type RuleId, rules } from './rules/rules.ts';
import { columnOf, lineOf, type SourceText, sourceText } from './source-text.ts';
import { analyzeSql } from './sql/analyze-sql.ts';
import type { Scope } from './sql/state/scope.ts';
import { sqlComments } from './sql/syntax/comments.ts';
import { loadSqlParser } from './sql/syntax/parser.ts';
import { upPart } from './sql/syntax/up-part.ts';

export interface LintOptions {
  /** Turns "can't parse" and "can't follow" into warnings. */
  readonly allowUnjudged: boolean;
  /** The runner sets lock_timeout, so statements need not. */
  readonly assumeLockTimeout: boolean;
}

export interface MigrationFile {
  readonly path: string;
  readonly language: 'sql' | 'python';
  readonly text: string;
  /** Only for Python. */
  readonly environment?: Environment;
  /** What Alembic sent when it ran the migration. */
  readonly recording?: Recording | undefined;
  /** What the catalogue of a server showed then. */
  readonly observation?: Observed | undefined;
}

export interface FileReport {
  readonly path: string;
  readonly findings: readonly Finding[];
  readonly overrides: readonly Override[];
  readonly observation?: ObservationReport;
}

/** More than any migration needs. */
const mostBodies = 2_000;

/** Await once before `lintFile`. */
export const prepareLint = loadSqlParser;

/** Reports each rule once per position. @param states of the files before it in its range, which it adds to */
export function lintFile(file: MigrationFile, options: LintOptions, states: FileStates = freshStates()): FileReport {
  const source = sourceText(file.path, file.text);
  const raw: RawFinding[] = [];
  const scope: Scope = {
    state: states.predicted,
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
  if (file.recording !== undefined) {
    const predicted = raw.splice(0);
    const remaining = judgeRecording(source, { ...scope, state: states.executed }, file.recording, predicted);
    raw.push(...remaining);
  }
  const observed = observe(file, source, states.made, raw);
  raw.push(...(observed?.found ?? []));
  const { overrides, problems } = readOverrides(source, comments);
  const findings = new Map<string, Finding>();
  const add = (
    rule: RuleId,
    message: string,
    offset: number,
    statement: string,
    {
      override,
      severity,
      fingerprint,
    }: {
      readonly override?: Override | undefined;
      readonly severity?: Severity | undefined;
      readonly fingerprint?: string;
    } = {},
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
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
    const key = [rule, finding.line, finding.column, message].join('\0');
    findings.set(key, together(findings.get(key), finding));
  };
  for (const finding of raw) {
    add(finding.rule, finding.message, finding.offset, finding.statement, {
      override: overrideFor(source, overrides, finding),
      severity: finding.severity,
      fingerprint: fingerprintOf(source, finding),
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
    ...(observed === undefined ? {} : { observation: observed.report }),
  };
}

function observe(
  { observation, recording, environment }: MigrationFile,
  source: SourceText,
  made: Made,
  findings: readonly RawFinding[],
) {
  return observation === undefined || recording === undefined || 'unanswered' in observation
    ? undefined
    : judgeObservation(source, { observation, recording }, { made, findings, driver: environment?.driver });
}

/** One place may do the same several times, called with other values: allowed is what each time is. */
function together(known: Finding | undefined, finding: Finding): Finding {
  if (known === undefined) {
    return finding;
  }
  const { override, ...rest } = known.override === undefined ? { ...known, override: undefined } : finding;
  const fingerprints = [...new Set([known.fingerprint ?? '', finding.fingerprint ?? ''])];
  return {
    ...rest,
    severity: known.severity === 'error' ? 'error' : finding.severity,
    ...(override === undefined ? {} : { override }),
    ...(finding.fingerprint === undefined ? {} : { fingerprint: combined(fingerprints) }),
  };
}

function judge(file: MigrationFile, source: SourceText, scope: Scope): readonly Comment[] {
  try {
    if (file.language === 'python') {
      return analyzeAlembic(source, scope);
    }
    const up = upPart(file.text);
    if (up !== undefined) {
      scope.state.transaction = up.transaction;
    }
    analyzeSql(up?.text ?? file.text, scope);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    // Stack overflow: nesting deeper than any real program.
    const statement = {
      rule: 'budget-exhausted',
      message: 'is nested deeper than is followed',
      statement: '',
    } as const;
    scope.report({ ...statement, offset: 0, frames: [] });
    return [];
  }
  return sqlComments(upPart(file.text)?.text ?? file.text);
}

function severityOf(rule: RuleId, { allowUnjudged }: LintOptions): Severity {
  return allowUnjudged && isUnjudged(rule) ? 'warning' : rules[rule].severity;
}
