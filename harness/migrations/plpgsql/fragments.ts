import { parseSql, scanSql, type Token } from '../sql/parser.ts';

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

/** Statements that can be made out in code the PL/pgSQL parser refuses: between semicolons, from a verb on. */
export function judgeFragments(body: string, judge: (sql: string, at: number) => void): void {
  let tokens: readonly Token[];
  try {
    tokens = scanSql(body);
  } catch {
    // Not even tokens: that the code can't be parsed has been reported.
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
