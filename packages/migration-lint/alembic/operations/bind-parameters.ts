import { placeholder } from '../../sql/expressions/fold.ts';
import { slice } from '../values/operators.ts';
import { concatenate, type Text, textOf } from '../values/text.ts';

/** Literals, quoted names and comments first, so that no placeholder is found inside them. */
const places = new RegExp(
  [
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|(\$[a-z_]*\$)[\s\S]*?\1/,
    new RegExp(
      `(\\b(?:in|values|interval|timestamp|timestamptz|date|time)\\s*)?(?:(?<![:\\w\\\\])(?::[a-z_]\\w*(?![:\\w])|%s|%\\(\\w+\\)s)|(?<=\\bin\\s+)${placeholder}_\\d+)`,
    ),
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

/**
 * Replaces placeholders of SQLAlchemy (`:name`) and drivers (`%s`, `%(name)s`) with Postgres parameters: a list after
 * IN and VALUES (expanding parameters, psycopg2), a literal after a type name.
 */
export function withParameters(sql: Text): Text {
  const parts: Text[] = [];
  let last = 0;
  for (const match of sql.text.matchAll(places)) {
    const [found, , word = ''] = match;
    const value = found.slice(word.length);
    if (!/^[:%]|^meho/.test(value)) {
      continue;
    }
    const at = match.index + word.length;
    const before = word.trim().toLowerCase();
    const parameter = before === '' ? '$1' : before === 'in' || before === 'values' ? '($1)' : "''";
    parts.push(slice(sql, last, at), textOf(` ${parameter} `, sourceAt(sql, at)));
    last = at + value.length;
  }
  parts.push(slice(sql, last, sql.text.length));
  return { ...concatenate(parts), exact: sql.exact };
}

function sourceAt({ segments }: Text, offset: number): number {
  const segment = segments.findLast(({ at }) => at <= offset);
  return segment === undefined ? 0 : segment.verbatim ? segment.source + offset - segment.at : segment.source;
}
