import { setFlagsFromString } from 'node:v8';
import { messageOf } from '@meho/core/problem';
import type { Node } from '@pgsql/types';
import { hasSqlDetails, loadModule, parsePlPgSQLSync, parseSync, scanSync } from 'libpg-query';

/** UTF-16 offsets. */
export interface ParsedStatement {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  /** Maps a tree location (UTF-8 bytes) to a text offset. */
  readonly indexOf: (byte: number) => number;
}

/** Rejected text between semicolons. */
export interface BrokenStatement {
  readonly start: number;
  readonly end: number;
  readonly message: string;
}

export interface ParsedSql {
  readonly statements: readonly ParsedStatement[];
  readonly broken: readonly BrokenStatement[];
  /** Maps a tree location (UTF-8 bytes) to a text offset. */
  readonly indexOf: (byte: number) => number;
}

export interface Token {
  readonly name: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Await once before any other call. The engine would optimise the grammar, one function of a megabyte, beside the work:
 * that took 540 MB of 620 and half of the time for one DO block, and two thirds for 7,500 statements.
 */
export async function loadSqlParser(): Promise<void> {
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  await loadModule();
}

/** A broken statement doesn't stop the others from being parsed. */
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
      // Rejected as a whole though every piece is fine: report it.
      broken.push({ start: 0, end: sql.length, message: describe(error) });
    }
    return { statements, broken, indexOf };
  }
}

/** The parser would silently stop at a NUL. */
function withoutNul(sql: string): ParsedSql {
  const at = sql.indexOf('\0');
  const parsed = parseSql(sql.replaceAll('\0', ' '));
  return { ...parsed, broken: [...parsed.broken, { start: at, end: at + 1, message: 'a NUL character' }] };
}

/** Returns undefined if the text isn't an expression. */
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
    // Any parser error means it is no expression.
    return undefined;
  }
}

/** Takes a whole `DO` or `CREATE FUNCTION`. @throws the parser's error */
export function parsePlpgsql(statement: string): unknown {
  return parsePlPgSQLSync(statement);
}

/** @throws for an unterminated literal or comment */
export function scanSql(sql: string): readonly Token[] {
  const indexOf = byteIndex(sql);
  return scanSync(sql).tokens.map(({ tokenName, text, start, end }) => ({
    name: tokenName,
    text,
    start: indexOf(start),
    end: indexOf(end),
  }));
}

export function describe(error: unknown): string {
  return (hasSqlDetails(error) ? (error.sqlDetails?.message ?? error.message) : messageOf(error)).replaceAll('\n', ' ');
}

/** @param offset of the text in the whole that `indexOf` maps */
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

function leadingSpace(text: string): number {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
}

/** Ignores semicolons in parentheses; returns the whole text if it can't be tokenized. */
function splitAtSemicolons(sql: string): { start: number; end: number }[] {
  let tokens: readonly Token[];
  try {
    tokens = scanSql(sql);
  } catch {
    // An unterminated literal: parsing the whole reports it.
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
