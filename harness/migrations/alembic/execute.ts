import type { SourceRange } from '../finding.ts';
import { judgeSql } from '../sql/judge-sql.ts';
import { parseSql } from '../sql/parser.ts';
import { oneLine } from '../sql/scope.ts';
import { withParameters } from './bind-parameters.ts';
import { identifier, tableNameOf } from './columns.ts';
import { deleteStatement, insertStatement, updateStatement } from './data-statements.ts';
import type { Run } from './interpreter.ts';
import { locateIn, type Segment, type Text } from './text.ts';
import { lastOf, type Made, type Value } from './values.ts';

/** Judges SQL that the migration sends; of what is only known at run time, the rest is judged and the gap reported. */
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
  // A text that is SQL as it is has no place for values: what looks like one is in a literal or a slice.
  const sent = parseSql(sql.text).broken.length === 0 ? sql : withParameters(sql);
  // A literal is shown where it stands; of a text put together, only what stands in the call itself.
  const isLiteral = sql.segments.every(({ verbatim }) => verbatim) && sql.segments.every(follows);
  const locate = (offset: number) => {
    const at = locateIn(sent, offset);
    return isLiteral || (at >= range.start && at < range.end) ? at : range.start;
  };
  reportSeveral(run, sent.text, range);
  run.acts += 1;
  judgeSql(sent.text, { ...run.scope, frames: [range, ...run.frames], locate });
}

/** What one call sends, asyncpg prepares: it takes one statement. */
function reportSeveral(run: Run, sql: string, range: SourceRange): void {
  const { driver } = run.scope.environment;
  const { statements, broken } = parseSql(sql);
  const count = statements.length + broken.length;
  if (count > 1 && driver !== 'other') {
    const who = driver === 'asyncpg' ? "asyncpg, which the range's env.py names, refuses it" : 'asyncpg refuses it';
    run.report(
      'several-statements',
      `sends ${count} statements in one call: ${who}`,
      range,
      driver === 'asyncpg' ? 'error' : undefined,
    );
  }
}

/** Whether a segment comes behind the one before it in the file, as in one literal or several side by side. */
function follows({ at, source }: Segment, index: number, segments: readonly Segment[]): boolean {
  const before = segments[index - 1];
  return before === undefined || (source >= before.source && source - before.source < at - before.at + 200);
}

/** SQL that an operation stands for, as Alembic would send it; it is found where the operation is. */
export function sendSql(run: Run, sql: string, range: SourceRange): void {
  run.acts += 1;
  judgeSql(sql, { ...run.scope, frames: [range, ...run.frames], locate: () => range.start });
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

function executeMade(run: Run, value: Made, range: SourceRange): void {
  const [first] = value.args.positional;
  switch (lastOf(value.path)) {
    case 'text':
    case 'DDL':
    case 'SQL':
      executeSql(run, run.textOf(first ?? value.args.named.get('text'), range), range);
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
      judgeFragments(run, value.args.positional, range);
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

/** The texts of SQL in the parts of a query: what they call is judged, whatever place they have in it. */
export function judgeFragments(run: Run, parts: readonly Value[], range: SourceRange): void {
  for (const part of parts) {
    if (part.kind === 'list') {
      judgeFragments(run, part.items, range);
    } else if (part.kind === 'made' && /^(?:text|literal_column)$/.test(lastOf(part.path))) {
      const text = run.textOf(part.args.positional[0], range);
      const before = ['SELECT ', 'SELECT 1 ORDER BY ', 'SELECT 1 FROM '].find(
        (start) => parseSql(withParameters(prefixed(start, text)).text).broken.length === 0,
      );
      if (before !== undefined) {
        executeSql(run, prefixed(before, text), range);
      } else if (text.text.includes('(')) {
        run.report(
          'cannot-follow',
          `puts a text into a query that isn't a part of one: ${oneLine(text.text, 80)}`,
          range,
        );
      }
    } else if (part.kind === 'made' && /^(?:select|union|union_all|exists|values|distinct)$/.test(lastOf(part.path))) {
      judgeFragments(run, part.args.positional, range);
    }
  }
}

function prefixed(before: string, text: Text): Text {
  const segments = text.segments.map((segment) => ({ ...segment, at: segment.at + before.length, verbatim: false }));
  return { ...text, text: `${before}${text.text}`, segments };
}
