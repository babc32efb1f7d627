import { analyzeSql } from '../sql/analyze-sql.ts';
import { report, type StatementScope } from '../sql/state/scope.ts';
import { describe, parsePlpgsql } from '../sql/syntax/parser.ts';
import type { Body } from './body.ts';
import { analyzeFragments } from './fragments.ts';
import { PlpgsqlAnalyzer } from './statements.ts';
import { codeOf } from './syntax.ts';
import { declare, type Variables } from './variables.ts';

export function analyzePlpgsql(
  body: Body & { readonly source: string },
  variables: Variables,
  scope: StatementScope,
): void {
  let tree: unknown;
  try {
    tree = parsePlpgsql(body.source);
  } catch (error) {
    report(scope, 'cannot-parse', `PL/pgSQL's grammar does not accept the code: ${describe(error)}`);
    analyzeFragments(body.body, (sql, at) =>
      analyzeSql(sql, { ...scope, locate: (offset) => body.locate(at + offset) }),
    );
    return;
  }
  const code = codeOf(tree);
  if (code === undefined) {
    report(scope, 'cannot-follow', 'has code of which no syntax tree came back');
    return;
  }
  declare(code, variables);
  const judge = new PlpgsqlAnalyzer(body, code);
  judge.judgeDeclarations(scope, variables);
  judge.judge(code.body, scope, variables);
}
