import { judgeSql } from '../sql/judge-sql.ts';
import { describe, parsePlpgsql } from '../sql/parser.ts';
import { report, type StatementScope } from '../sql/scope.ts';
import type { Body } from './body.ts';
import { judgeFragments } from './fragments.ts';
import { PlpgsqlJudge } from './statements.ts';
import { codeOf } from './syntax.ts';
import { declare, type Variables } from './variables.ts';

/** Judges the code of a DO block or function with what is known of its arguments. */
export function judgePlpgsql(
  body: Body & { readonly source: string },
  variables: Variables,
  scope: StatementScope,
): void {
  let tree: unknown;
  try {
    tree = parsePlpgsql(body.source);
  } catch (error) {
    report(scope, 'cannot-parse', `PL/pgSQL's grammar does not accept the code: ${describe(error)}`);
    judgeFragments(body.body, (sql, at) => judgeSql(sql, { ...scope, locate: (offset) => body.locate(at + offset) }));
    return;
  }
  const code = codeOf(tree);
  if (code === undefined) {
    report(scope, 'cannot-follow', 'has code of which no syntax tree came back');
    return;
  }
  declare(code, variables);
  const judge = new PlpgsqlJudge(body, code);
  judge.judgeDeclarations(scope, variables);
  judge.judge(code.body, scope, variables);
}
