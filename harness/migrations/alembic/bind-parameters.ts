import { placeholder } from '../sql/fold.ts';
import { slice } from './operators.ts';
import { concatenate, type Text, textOf } from './text.ts';

/** Literals, names in quotes and comments as they are, then the places of values with the word before them. */
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
 * A text with a parameter of Postgres where SQLAlchemy (`:name`) or a driver (`%s`, `%(name)s`) puts a value; behind IN and
 * VALUES one list of them, as an expanding parameter and psycopg2 write it, behind the name of a type a literal.
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
