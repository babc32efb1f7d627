import { parseSql, scanSql, type Token } from '../sql/syntax/parser.ts';

const verbs = new Set([
  'alter',
  'drop',
  'truncate',
  'delete',
  'update',
  'create',
  'insert',
  'grant',
  'revoke',
  'merge',
  'lock',
  'with',
]);

/** Salvages statements from code that PL/pgSQL's parser rejects: from a verb to the next semicolon, if that parses. */
export function analyzeFragments(body: string, judge: (sql: string, at: number) => void): void {
  let tokens: readonly Token[];
  try {
    tokens = scanSql(body);
  } catch {
    // Already reported as a parse error.
    return;
  }
  let starts: Token[] = [];
  for (const token of [...tokens, { name: 'ASCII_59', text: ';', start: body.length, end: body.length }]) {
    if (token.text !== ';') {
      if (verbs.has(token.text.toLowerCase())) {
        starts.push(token);
      }
      continue;
    }
    const start = starts.find((candidate) => {
      const { statements, broken } = parseSql(body.slice(candidate.start, token.start));
      return statements.length > 0 && broken.length === 0;
    });
    if (start !== undefined) {
      judge(body.slice(start.start, token.start), start.start);
    }
    starts = [];
  }
}
