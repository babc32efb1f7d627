import { analyzeSql } from '../sql/analyze-sql.ts';
import { type Folded, fold, foldText, type Known, unfolded } from '../sql/expressions/fold.ts';
import { oneLine, report, type StatementScope } from '../sql/state/scope.ts';
import { parseExpression, parseSql } from '../sql/syntax/parser.ts';
import { type Body, find } from './body.ts';
import type { PlpgsqlStatement } from './syntax.ts';
import type { Variables } from './variables.ts';

/** The SQL within statements: queries, expressions, and texts that are executed. */
export class Queries {
  private readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }

  judgeStatic(statement: PlpgsqlStatement, query: string, scope: StatementScope, variables: Variables): void {
    const at = find(this.body, statement, query);
    const verbatim = this.body.body.startsWith(query, at);
    analyzeSql(query, { ...scope, variables, locate: (offset) => this.body.locate(verbatim ? at + offset : at) });
  }

  judgeExpression(
    statement: PlpgsqlStatement,
    text: string | undefined,
    scope: StatementScope,
    variables: Variables,
  ): void {
    if (text !== undefined && /\(/.test(text)) {
      const at = find(this.body, statement, text);
      analyzeSql(`SELECT ${text}`, { ...scope, variables, locate: () => this.body.locate(at) });
    }
  }

  /** Judges EXECUTE, whose text may be unknown. */
  judgeDynamic(statement: PlpgsqlStatement, text: string, scope: StatementScope, variables: Variables): void {
    const at = find(this.body, statement, text);
    const expression = parseExpression(text);
    const folded: Folded = expression === undefined ? unfolded : foldText(expression, variables);
    const here = { ...scope, variables, locate: () => this.body.locate(at) };
    this.judgeExpression(statement, text, scope, variables);
    if (!folded.exact) {
      report(
        {
          ...here,
          start: 0,
          end: 0,
          frames: [{ start: this.body.locate(at), end: this.body.locate(at + text.length) }, ...scope.frames],
        },
        'cannot-follow',
        `executes text that is only known at run time: ${oneLine(text, 80)}`,
      );
    }
    if (folded.exact || parseSql(folded.text).broken.length === 0) {
      analyzeSql(folded.text, here);
    }
  }
}

/** What a SELECT of expressions alone returns, as far as it is known. */
export function selectedValues(query: string, variables: Variables): readonly (Known | undefined)[] {
  const [only] = parseSql(query).statements;
  const targets =
    only !== undefined && 'SelectStmt' in only.node && only.node.SelectStmt.fromClause === undefined
      ? (only.node.SelectStmt.targetList ?? [])
      : [];
  return targets.map((target) => ('ResTarget' in target ? fold(target.ResTarget.val, variables) : undefined));
}
