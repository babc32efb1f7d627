import { type Folded, fold, foldText, isList, unfolded } from '../sql/fold.ts';
import { judgeSql } from '../sql/judge-sql.ts';
import { parseExpression, parseSql } from '../sql/parser.ts';
import { oneLine, perhaps, report, type StatementScope } from '../sql/scope.ts';
import { isRecord } from '../sql/tree.ts';
import { constantRows } from './rows.ts';
import { itemsOf, type PlpgsqlStatement, queryOf, statementsOf, targetNames } from './syntax.ts';
import { assign, assignmentOf, foldExpression, forgetAssigned, merge, type Variables } from './variables.ts';

/** The text between the quotes of a block or function, and where its offsets are in the file. */
export interface Body {
  readonly body: string;
  readonly locate: (offset: number) => number;
}

/** Statements without SQL of their own. */
const idle = new Set(['exit', 'getdiag', 'raise', 'assert', 'fetch', 'close', 'null']);
/** Loops over constants are followed item by item, up to this many. */
const mostItems = 1_000;

/** Runs code over what is known: branches that may be taken, loops over constants item by item, others once. */
export class PlpgsqlJudge {
  private readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }

  judge(statements: readonly PlpgsqlStatement[], scope: StatementScope, variables: Variables): void {
    for (const statement of statements) {
      this.judgeOne(statement, scope, variables);
    }
  }

  private judgeOne(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const { type, fields } = statement;
    const body = statementsOf(fields['body']);
    switch (type) {
      case 'block':
        this.judgeBlock(fields, body, scope, variables);
        break;
      case 'assign': {
        const { name, expression } = assignmentOf(fields);
        this.judgeExpression(statement, expression, scope, variables);
        assign(variables, name, foldExpression(expression, variables));
        break;
      }
      case 'if':
      case 'case':
        this.judgeBranches(statement, scope, variables);
        break;
      case 'foreach_a':
        this.judgeForeach(statement, body, scope, variables);
        break;
      case 'fors':
        this.judgeForRows(statement, body, scope, variables);
        break;
      case 'execsql':
        this.judgeStatic(statement, queryOf(fields['sqlstmt']) ?? '', scope, variables);
        this.judgeInto(fields, queryOf(fields['sqlstmt']) ?? '', variables);
        break;
      case 'perform':
      case 'call':
        this.judgeStatic(statement, queryOf(fields['expr']) ?? '', scope, variables);
        forgetAssigned(fields, variables);
        break;
      case 'commit':
      case 'rollback':
        scope.state.endTransaction(type === 'rollback');
        break;
      default:
        this.judgeOther(statement, body, scope, variables);
    }
  }

  /** Loops of unknown length, dynamic statements, and what returns or opens a query. */
  private judgeOther(
    statement: PlpgsqlStatement,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    const { type, fields } = statement;
    const isDynamic = type === 'dynexecute' || type === 'dynfors';
    const dynamic = isDynamic ? queryOf(fields['query']) : queryOf(fields['dynquery']);
    if (dynamic !== undefined) {
      this.judgeDynamic(statement, dynamic, scope, variables);
    }
    if (!isDynamic && queryOf(fields['query']) !== undefined) {
      this.judgeStatic(statement, queryOf(fields['query']) ?? '', scope, variables);
    }
    for (const field of ['expr', 'cond', 'lower', 'upper', 'step']) {
      this.judgeExpression(statement, queryOf(fields[field]), scope, variables);
    }
    forgetAssigned(fields, variables);
    if (body.length > 0) {
      perhaps(scope, (branch) => this.judge(body, branch, variables));
    } else if (!idle.has(type) && !/^(?:return|open|dyn|loop|while|for)/.test(type)) {
      report(scope, 'cannot-follow', `has a PL/pgSQL statement that no rule knows: ${type}`);
    }
  }

  private judgeBlock(
    fields: Readonly<Record<string, unknown>>,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    if (fields['exceptions'] === undefined) {
      this.judge(body, scope, variables);
      return;
    }
    perhaps(scope, (branch) => this.judge(body, branch, variables));
    forgetAssigned(body, variables);
    forgetAssigned(fields['body'], variables);
    const [block] = itemsOf([fields['exceptions']]);
    for (const handler of itemsOf(block?.['exc_list'])) {
      perhaps(scope, (branch) => this.judge(statementsOf(handler['action']), branch, new Map(variables)));
    }
  }

  private judgeBranches(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const { fields } = statement;
    const others = [...itemsOf(fields['elsif_list']), ...itemsOf(fields['case_when_list'])];
    for (const condition of [fields['cond'], fields['t_expr'], ...others.map((item) => item['cond'] ?? item['expr'])]) {
      this.judgeExpression(statement, queryOf(condition), scope, variables);
    }
    const bodies = [
      fields['then_body'],
      ...others.map((item) => item['stmts']),
      fields['else_body'] ?? fields['else_stmts'] ?? [],
    ];
    const ends = bodies.map((body) => {
      const branchVariables = new Map(variables);
      perhaps(scope, (branch) => this.judge(statementsOf(body), branch, branchVariables));
      return branchVariables;
    });
    merge(variables, ends);
  }

  private judgeForeach(
    statement: PlpgsqlStatement,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    const items = foldExpression(queryOf(statement.fields['expr']), variables);
    // The loop variable is named by its number only: it is what the body's text says, found before the ARRAY.
    const name =
      /foreach\s+"?(\w+)"?/i.exec(this.body.body.slice(this.lineStart(statement.line)))?.[1]?.toLowerCase() ?? '';
    if (items === undefined || !isList(items) || items.length > mostItems) {
      forgetAssigned(statement.fields, variables);
      variables.delete(name);
      perhaps(scope, (branch) => this.judge(body, branch, variables));
      return;
    }
    for (const item of items) {
      variables.set(name, item);
      this.judge(body, scope, variables);
    }
  }

  private judgeForRows(
    statement: PlpgsqlStatement,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    const query = queryOf(statement.fields['query']) ?? '';
    this.judgeStatic(statement, query, scope, variables);
    const rows = constantRows(query, variables);
    const names = targetNames(statement.fields['var']);
    const isRecordVariable = isRecord(statement.fields['var']) && 'PLpgSQL_rec' in statement.fields['var'];
    if (rows === undefined || rows.length > mostItems) {
      forgetAssigned(statement.fields, variables);
      perhaps(scope, (branch) => this.judge(body, branch, variables));
      return;
    }
    for (const row of rows) {
      [...row].forEach(([column, value], index) => {
        variables.set(isRecordVariable ? `${names[0]}.${column}` : (names[index] ?? column), value);
      });
      this.judge(body, scope, variables);
    }
  }

  /** A statement that stands in the code as it is. */
  private judgeStatic(statement: PlpgsqlStatement, query: string, scope: StatementScope, variables: Variables): void {
    const at = this.find(statement, query);
    const verbatim = this.body.body.startsWith(query, at);
    judgeSql(query, { ...scope, variables, locate: (offset) => this.body.locate(verbatim ? at + offset : at) });
  }

  private judgeExpression(
    statement: PlpgsqlStatement,
    text: string | undefined,
    scope: StatementScope,
    variables: Variables,
  ): void {
    if (text !== undefined && /\(/.test(text)) {
      const at = this.find(statement, text);
      judgeSql(`SELECT ${text}`, { ...scope, variables, locate: () => this.body.locate(at) });
    }
  }

  /** EXECUTE: what its text is known to be, or that it isn't known. */
  private judgeDynamic(statement: PlpgsqlStatement, text: string, scope: StatementScope, variables: Variables): void {
    const at = this.find(statement, text);
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
      judgeSql(folded.text, here);
    }
  }

  private judgeInto(fields: Readonly<Record<string, unknown>>, query: string, variables: Variables): void {
    if (fields['into'] !== true) {
      return;
    }
    const names = targetNames(fields['target']);
    const [only] = parseSql(query).statements;
    const targets =
      only !== undefined && 'SelectStmt' in only.node && only.node.SelectStmt.fromClause === undefined
        ? (only.node.SelectStmt.targetList ?? [])
        : [];
    names.forEach((name, index) => {
      const target = targets[index];
      assign(
        variables,
        name,
        target !== undefined && 'ResTarget' in target ? fold(target.ResTarget.val, variables) : undefined,
      );
    });
  }

  /** Where a statement's text is in the body: on or after its line; the line itself where it isn't found as it is. */
  private find(statement: PlpgsqlStatement, text: string): number {
    const start = this.lineStart(statement.line);
    const at = this.body.body.indexOf(text.slice(0, 40).split('  ')[0] ?? '', start);
    return at >= 0 ? at : start + (/^\s*/.exec(this.body.body.slice(start))?.[0].length ?? 0);
  }

  private lineStart(line: number): number {
    let start = 0;
    for (let number = 1; number < line; number += 1) {
      const end = this.body.body.indexOf('\n', start);
      if (end < 0) {
        break;
      }
      start = end + 1;
    }
    return start;
  }
}
