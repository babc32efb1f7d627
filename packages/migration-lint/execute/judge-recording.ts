import type { RawFinding, SourceRange } from '../finding.ts';
import { isUnjudged } from '../rules/rules.ts';
import { lineOf, type SourceText } from '../source-text.ts';
import { analyzeSent } from '../sql/analyze-sent.ts';
import { oneLine, type Scope } from '../sql/state/scope.ts';
import { parseSql } from '../sql/syntax/parser.ts';
import type { Lines, Place, Recording, SentStatement } from './recording.ts';

/**
 * Judges what was sent, and keeps of the prediction what running could not show: statements that did not run.
 * @param scope with a state of its own, whose `report` takes what was executed
 * @returns what remains of `predicted`
 */
export function judgeRecording(
  source: SourceText,
  scope: Scope,
  recording: Recording,
  predicted: readonly RawFinding[],
): RawFinding[] {
  const reported: RawFinding[] = [];
  const executed: Scope = {
    ...scope,
    report: (finding) => {
      reported.push(finding);
      scope.report(finding);
    },
  };
  scope.state.transaction = 'open';
  for (const statement of recording.statements) {
    if (statement.kind === 'autocommit') {
      scope.state.endTransaction(false);
    } else if (statement.kind === 'transaction') {
      scope.state.beginTransaction();
    } else {
      judgeStatement(source, executed, statement);
    }
  }
  for (const { frames, text } of recording.unseen) {
    reportAt(source, executed, frames, `calls code of which a part did not run: ${oneLine(text)}`);
  }
  const failure = failureOf(recording);
  if (failure !== undefined) {
    reportAt(source, executed, [], failure);
  }
  const { skipped, partial, statements } = recording;
  if (skipped === undefined) {
    return [...predicted];
  }
  const sentFrom = statements.flatMap(({ frames }) => frames.map(([first, , last]): Lines => [first, last]));
  return predicted.filter((finding) => {
    const lines = linesOf(source, finding);
    if (finding.rule === 'budget-exhausted') {
      return !recording.complete;
    }
    if (skipped.some((range) => overlap(range, [lines[0], lines[0]]))) {
      return true;
    }
    const wasSent = sentFrom.some((range) => overlap(range, lines));
    if (!partial.some((range) => overlap(range, lines))) {
      return !isUnjudged(finding.rule) && !wasSent;
    }
    return isUnjudged(finding.rule)
      ? !wasSent
      : !reported.some(({ rule, offset }) => rule === finding.rule && inside(lineOf(source, offset), lines));
  });
}

/** Without a server, and behind a migration that failed, an error may be of our making. */
function failureOf({ depth, failed, behind }: Recording): string | undefined {
  const isItsOwn = depth === 'none' || (depth === 'online' && behind === undefined);
  return failed !== undefined && isItsOwn
    ? `does not get to its end when Alembic runs it: ${oneLine(failed, 300)}`
    : undefined;
}

function reportAt(source: SourceText, scope: Scope, frames: readonly Place[], message: string): void {
  const ranges = frames.map((place) => rangeOf(source, place));
  scope.report({ rule: 'cannot-follow', message, offset: ranges[0]?.start ?? 0, frames: ranges, statement: '' });
}

function judgeStatement(source: SourceText, scope: Scope, { sql, frames }: SentStatement): void {
  const ranges = frames.map((place) => rangeOf(source, place));
  const [innermost = { start: 0, end: 1 }] = ranges;
  // Where the migration has the statement word for word, findings point into it.
  const written = sql.trim().length > 10 ? source.text.slice(innermost.start, innermost.end).indexOf(sql.trim()) : -1;
  const shift = written < 0 ? 0 : innermost.start + written - (sql.length - sql.trimStart().length);
  const { statements, broken } = parseSql(sql);
  const { driver } = scope.environment;
  const count = statements.length + broken.length;
  if (count > 1 && (driver === undefined || driver === 'asyncpg')) {
    const who = driver === 'asyncpg' ? "asyncpg, which the range's env.py names, refuses it" : 'asyncpg refuses it';
    scope.report({
      rule: 'several-statements',
      ...(driver === 'asyncpg' ? { severity: 'error' as const } : {}),
      message: `sends ${count} statements in one call: ${who}`,
      offset: innermost.start,
      frames: ranges,
      statement: oneLine(sql),
      sql,
    });
  }
  analyzeSent(sql, {
    ...scope,
    frames: ranges,
    locate: written < 0 ? () => innermost.start : (offset) => shift + offset,
  });
}

function linesOf(source: SourceText, { offset, frames }: RawFinding): Lines {
  const frame = frames.find(({ start, end }) => end - start > 1);
  return frame === undefined
    ? [lineOf(source, offset), lineOf(source, offset)]
    : [lineOf(source, frame.start), lineOf(source, Math.max(frame.end - 1, frame.start))];
}

function overlap([first, last]: Lines, [otherFirst, otherLast]: Lines): boolean {
  return first <= otherLast && otherFirst <= last;
}

function inside(line: number, [first, last]: Lines): boolean {
  return first <= line && line <= last;
}

function rangeOf(source: SourceText, [line, column, endLine, endColumn]: Place): SourceRange {
  return { start: offsetOf(source, line, column ?? 'first'), end: offsetOf(source, endLine, endColumn ?? 'last') };
}

/** @param column in bytes of UTF-8 */
function offsetOf({ text, lineStarts }: SourceText, line: number, column: number | 'first' | 'last'): number {
  const start = lineStarts[line - 1] ?? 0;
  const content = text.slice(start, lineStarts[line] ?? text.length);
  if (column === 'first') {
    return start + (content.length - content.trimStart().length);
  }
  return (
    start + (column === 'last' ? content.trimEnd().length : Buffer.from(content).subarray(0, column).toString().length)
  );
}
