import type { Node } from '@pgsql/types';
import { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query';
import { messageOf } from '../../problem.ts';

/** One statement; offsets are UTF-16 code units in the SQL text. */
export interface ParsedStatement {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  /** From a location in its syntax tree (bytes of UTF-8) to an offset in the text. */
  readonly indexOf: (byte: number) => number;
}

/** A stretch of text between semicolons that Postgres' grammar does not accept. */
export interface BrokenStatement {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface ParsedSql {
  readonly statements: readonly ParsedStatement[];
  readonly broken: readonly BrokenStatement[];
  /** From a location in the syntax tree (bytes of UTF-8) to an offset in the text. */
  readonly indexOf: (byte: number) => number;
}

export interface Token {
  readonly name: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Must have been awaited once before anything here is called. */
export const loadSqlParser = loadModule;

/** Parses a text of statements; where one is broken, the others are parsed all the same. */
export function parseSql(sql: string): ParsedSql {
  if (sql.trim() === '') {
    return { statements: [], broken: [], indexOf: (byte) => byte };
  }
  if (sql.includes('\0')) {
    return withoutNul(sql);
  }
  const indexOf = byteIndex(sql);
  try {
    return { statements: statementsOf(sql, 0, indexOf), broken: [], indexOf };
  } catch (error) {
    const statements: ParsedStatement[] = [];
    const broken: BrokenStatement[] = [];
    let [counted, bytes] = [0, 0];
    for (const { start, end } of splitAtSemicolons(sql)) {
      const piece = sql.slice(start, end);
      bytes += Buffer.byteLength(sql.slice(counted, start));
      counted = start;
      const before = bytes;
      try {
        statements.push(...statementsOf(piece, start, (byte) => indexOf(before + byte)));
      } catch (pieceError) {
        broken.push({ start: start + leadingSpace(piece), end, message: describe(pieceError) });
      }
    }
    if (broken.length === 0) {
      // The whole is refused though every piece is fine: say so rather than hide it.
      broken.push({ start: 0, end: sql.length, message: describe(error) });
    }
    return { statements, broken, indexOf };
  }
}

/** The parser would stop at a NUL and say nothing of what is behind it. */
function withoutNul(sql: string): ParsedSql {
  const at = sql.indexOf('\0');
  const parsed = parseSql(sql.replaceAll('\0', ' '));
  return { ...parsed, broken: [...parsed.broken, { start: at, end: at + 1, message: 'a NUL character' }] };
}

/** Parses an expression on its own, or gives undefined where it is none. */
export function parseExpression(text: string): Node | undefined {
  try {
    const [first] = parseSync(`SELECT (${text}\n)`).stmts ?? [];
    const statement = first?.stmt;
    if (statement === undefined || !('SelectStmt' in statement)) {
      return undefined;
    }
    const [target] = statement.SelectStmt.targetList ?? [];
    return target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  } catch {
    // Whatever the parser has against it: it is no expression, which is what the caller is told.
    return undefined;
  }
}

/** The syntax tree of PL/pgSQL code given as a whole `DO` or `CREATE FUNCTION` statement. @throws what the parser says */
export function parsePlpgsql(statement: string): unknown {
  return parsePlPgSQLSync(statement);
}

/** @throws where the text has an unterminated literal or comment */
export function scanSql(sql: string): readonly Token[] {
  const indexOf = byteIndex(sql);
  return scanSync(sql).tokens.map(({ tokenName, text, start, end }) => ({
    name: tokenName,
    text,
    start: indexOf(start),
    end: indexOf(end),
  }));
}

/** The words of the parser, on one line. */
export function describe(error: unknown): string {
  return (hasSqlDetails(error) ? (error.sqlDetails?.message ?? error.message) : messageOf(error)).replaceAll('\n', ' ');
}

/** @param offset where the text is in the whole that `indexOf` speaks of */
function statementsOf(text: string, offset: number, indexOf: (byte: number) => number): ParsedStatement[] {
  const statements: ParsedStatement[] = [];
  for (const { stmt, stmt_location: location = 0, stmt_len: length } of parseSync(text).stmts ?? []) {
    if (stmt !== undefined) {
      const start = indexOf(location);
      const end = length === undefined || length === 0 ? offset + text.trimEnd().length : indexOf(location + length);
      const space = leadingSpace(text.slice(start - offset, end - offset));
      statements.push({ node: stmt, start: start + space, end, indexOf });
    }
  }
  return statements;
}

/** White space and comments before the first word of a statement. */
function leadingSpace(text: string): number {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
}

/** Pieces between semicolons outside parentheses; the whole text where it cannot even be cut into tokens. */
function splitAtSemicolons(sql: string): { start: number; end: number }[] {
  let tokens: readonly Token[];
  try {
    tokens = scanSql(sql);
  } catch {
    // An unterminated literal: no piece can be told from another, and parsing the whole reports it.
    return [{ start: 0, end: sql.length }];
  }
  const pieces: { start: number; end: number }[] = [];
  let start = 0;
  let depth = 0;
  let last = 0;
  for (const token of tokens) {
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    if (token.text === ';' && depth <= 0) {
      pieces.push({ start, end: token.start });
      start = token.end;
      depth = 0;
    } else if (!token.name.endsWith('_COMMENT')) {
      last = token.end;
    }
  }
  if (last > start) {
    pieces.push({ start, end: sql.length });
  }
  return pieces;
}

function byteIndex(sql: string): (byte: number) => number {
  const bytes = Buffer.byteLength(sql);
  if (bytes === sql.length) {
    return (byte) => byte;
  }
  const index = new Uint32Array(bytes + 1);
  let byte = 0;
  let offset = 0;
  for (const character of sql) {
    const width = Buffer.byteLength(character);
    index.fill(offset, byte, byte + width);
    byte += width;
    offset += character.length;
  }
  index[bytes] = sql.length;
  return (at) => index[Math.min(at, bytes)] ?? sql.length;
}
