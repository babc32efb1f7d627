import type { SourceRange } from '../../finding.ts';
import { analyzeSent } from '../../sql/analyze-sent.ts';
import { oneLine } from '../../sql/state/scope.ts';
import { printable } from '../../sql/state/state.ts';
import { parseSql } from '../../sql/syntax/parser.ts';
import type { Run } from '../code/interpreter.ts';
import { locateIn, type Segment, type Text } from '../values/text.ts';
import { type LibraryObject, lastOf, type Value } from '../values/values.ts';
import { withParameters } from './bind-parameters.ts';
import { identifier, tableNameOf } from './columns.ts';
import { deleteStatement, insertStatement, updateStatement } from './data-statements.ts';

/** Where part of the SQL is known only at run time, judges the rest and reports the gap. */
export function executeSql(run: Run, sql: Text, range: SourceRange): void {
  if (!sql.exact) {
    run.report(
      'cannot-follow',
      `executes text that is only known at run time: ${oneLine(run.source.text.slice(range.start, range.end), 80)}`,
      range,
    );
    if (parseSql(withParameters(sql).text).broken.length > 0) {
      return;
    }
  }
  // In valid SQL, what looks like a placeholder is a literal or a slice.
  const sent = parseSql(sql.text).broken.length === 0 ? sql : withParameters(sql);
  // In concatenated text, findings only point at parts written in the call itself.
  const isLiteral = sql.segments.every(({ verbatim }) => verbatim) && sql.segments.every(follows);
  const locate = (offset: number) => {
    const at = locateIn(sent, offset);
    return isLiteral || (at >= range.start && at < range.end) ? at : range.start;
  };
  reportSeveral(run, sent.text, range);
  run.acts += 1;
  analyzeSent(sent.text, { ...run.scope, frames: [range, ...run.frames], locate });
}

/** asyncpg prepares what a call sends, and a prepared text holds one statement. */
function reportSeveral(run: Run, sql: string, range: SourceRange): void {
  const { driver } = run.scope.environment;
  const { statements, broken } = parseSql(sql);
  const count = statements.length + broken.length;
  if (count > 1 && (driver === undefined || driver === 'asyncpg')) {
    const who = driver === 'asyncpg' ? "asyncpg, which the range's env.py names, refuses it" : 'asyncpg refuses it';
    run.report(
      'several-statements',
      `sends ${count} statements in one call: ${who}`,
      range,
      driver === 'asyncpg' ? 'error' : undefined,
    );
  }
}

/** Whether it follows the previous segment in the file, as adjacent literals do. */
function follows({ at, source }: Segment, index: number, segments: readonly Segment[]): boolean {
  const before = segments[index - 1];
  return before === undefined || (source >= before.source && source - before.source < at - before.at + 200);
}

/** Findings point at the operation, whose SQL is nowhere in the file. */
export function sendSql(run: Run, sql: string, range: SourceRange): void {
  run.acts += 1;
  analyzeSent(sql, { ...run.scope, frames: [range, ...run.frames], locate: () => range.start });
}

export function executeValue(run: Run, value: Value | undefined, range: SourceRange): void {
  if (value?.kind === 'text') {
    executeSql(run, value.text, range);
    return;
  }
  if (value?.kind === 'made') {
    executeMade(run, value, range);
    return;
  }
  executeSql(run, run.textOf(value?.kind === 'unknown' ? value : undefined, range), range);
}

function executeMade(run: Run, value: LibraryObject, range: SourceRange): void {
  const [first] = value.args.positional;
  switch (lastOf(value.path)) {
    case 'text':
    case 'DDL':
    case 'SQL':
      executeSql(run, run.textOf(first ?? value.args.named.get('text'), range), range);
      for (const { name, args } of value.calls ?? []) {
        if (name === 'bindparams') {
          reportBoundValues(run, [...args.positional, ...args.named.values()], range);
        }
      }
      break;
    case 'delete':
      sendSql(run, deleteStatement(run, value, range), range);
      break;
    case 'insert':
      sendSql(run, insertStatement(run, value, range), range);
      break;
    case 'update':
      sendSql(run, updateStatement(run, value, range), range);
      break;
    case 'DropTable':
      sendSql(run, `DROP TABLE ${tableNameOf(run, first, range)}`, range);
      break;
    case 'select':
    case 'union':
    case 'union_all':
    case 'exists':
    case 'values':
      analyzeFragments(run, value.args.positional, range);
      break;
    case 'CreateTable':
    case 'CreateSchema':
    case 'CreateSequence':
      break;
    case 'DropSchema':
      sendSql(run, `DROP SCHEMA ${identifier(run.textOf(first, range).text)}`, range);
      break;
    default:
      executeSql(run, run.textOf(undefined, range), range);
  }
}

/** The parameters of a statement are as much a use of a new enum value as a text in it. */
export function reportBoundValues(run: Run, values: readonly Value[], range: SourceRange): void {
  const { uncommittedValues, transaction } = run.scope.state;
  if (transaction === 'none') {
    return;
  }
  for (const text of new Set(values.flatMap(textsOf))) {
    const type = uncommittedValues.get(text);
    if (type !== undefined) {
      run.report(
        'enum-value-uncommitted',
        `binds '${text}' in the transaction that adds it to enum ${printable(type)}`,
        range,
      );
    }
  }
}

function textsOf(value: Value): string[] {
  switch (value.kind) {
    case 'text':
      return value.text.exact ? [value.text.text] : [];
    case 'list':
      return value.items.flatMap(textsOf);
    case 'dictionary':
      return [...value.entries.values()].flatMap(textsOf);
    case 'made':
      return lastOf(value.path) === 'bindparam'
        ? [...value.args.positional.slice(1), ...value.args.named.values()].flatMap(textsOf)
        : [];
    default:
      return [];
  }
}

/** Judges functions called in raw SQL anywhere in a query. */
export function analyzeFragments(run: Run, parts: readonly Value[], range: SourceRange): void {
  for (const part of parts) {
    if (part.kind === 'list') {
      analyzeFragments(run, part.items, range);
    } else if (part.kind === 'made' && /^(?:text|literal_column)$/.test(lastOf(part.path))) {
      const text = run.textOf(part.args.positional[0], range);
      const before = ['SELECT ', 'SELECT 1 ORDER BY ', 'SELECT 1 FROM '].find(
        (start) => parseSql(withParameters(prefixText(start, text)).text).broken.length === 0,
      );
      if (before !== undefined) {
        executeSql(run, prefixText(before, text), range);
      } else if (text.text.includes('(')) {
        run.report(
          'cannot-follow',
          `puts a text into a query that isn't a part of one: ${oneLine(text.text, 80)}`,
          range,
        );
      }
    } else if (part.kind === 'made' && /^(?:select|union|union_all|exists|values|distinct)$/.test(lastOf(part.path))) {
      analyzeFragments(run, part.args.positional, range);
    }
  }
}

function prefixText(before: string, text: Text): Text {
  const segments = text.segments.map((segment) => ({ ...segment, at: segment.at + before.length, verbatim: false }));
  return { ...text, text: `${before}${text.text}`, segments };
}
