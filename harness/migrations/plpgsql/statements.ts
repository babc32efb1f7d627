import { type Folded, fold, foldText, isList, type Known, unfolded } from '../sql/fold.ts';
import { judgeSql } from '../sql/judge-sql.ts';
import { parseExpression, parseSql } from '../sql/parser.ts';
import { oneLine, perhaps, report, type StatementScope } from '../sql/scope.ts';
import { isRecord } from '../sql/tree.ts';
import { type Body, find } from './body.ts';
import { constantRows } from './rows.ts';
import {
  itemsOf,
  mayLeave,
  type PlpgsqlCode,
  type PlpgsqlStatement,
  queriesOf,
  queryOf,
  statementsOf,
  targetNames,
} from './syntax.ts';
import {
  assign,
  assignmentOf,
  declaredTwice,
  foldExpression,
  forget,
  forgetAssigned,
  forgetAssignment,
  merge,
  type Variables,
} from './variables.ts';

/** Statements without SQL of their own. */
const idle = new Set(['exit', 'getdiag', 'raise', 'assert', 'fetch', 'close', 'null']);
/** Loops over constants are followed item by item, up to this many. */
const mostItems = 1_000;

/** Runs code over what is known: branches that may be taken, loops over constants item by item, others once. */
export class PlpgsqlJudge {
  private readonly body: Body;
  private readonly code: PlpgsqlCode;
  private readonly declaredTwice: ReadonlySet<string>;

  constructor(body: Body, code: PlpgsqlCode) {
    this.body = body;
    this.code = code;
    this.declaredTwice = declaredTwice(code);
  }

  /** The functions that defaults and the queries of cursors call. */
  judgeDeclarations(scope: StatementScope, variables: Variables): void {
    for (const { defaultText, cursorText, line } of this.code.variables) {
      const declaration = { type: 'declare', fields: {}, line };
      perhaps(scope, (branch) => {
        this.judgeExpression(declaration, defaultText, branch, variables);
        if (cursorText !== undefined) {
          this.judgeStatic(declaration, cursorText, branch, variables);
        }
      });
    }
  }

  judge(statements: readonly PlpgsqlStatement[], scope: StatementScope, variables: Variables): void {
    for (const [index, statement] of statements.entries()) {
      this.judgeOne(statement, scope, variables);
      const rest = statements.slice(index + 1);
      if (rest.length > 0 && mayLeave({ [`PLpgSQL_stmt_${statement.type}`]: statement.fields })) {
        // What is made behind a RETURN or EXIT isn't surely made.
        perhaps(scope, (branch) => this.judge(rest, branch, variables));
        return;
      }
    }
  }

  /** What a name means depends on the block where it is declared twice: it stays unknown. */
  private assign(variables: Variables, name: string, value: Known | undefined): void {
    assign(variables, name, this.declaredTwice.has(name) ? undefined : value);
  }

  /** The name of the variable with a number of the tree: an alias shows in the text, but not here. */
  private nameOf(number: unknown): string | undefined {
    const name = typeof number === 'number' ? this.code.variables[number]?.name : undefined;
    return name === '' ? undefined : name;
  }

  private judgeOne(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const { type, fields } = statement;
    const body = statementsOf(fields['body']);
    for (const text of [fields['params'], fields['options'], fields['argquery']].flatMap(queriesOf)) {
      this.judgeExpression(statement, text, scope, variables);
    }
    switch (type) {
      case 'block':
        this.judgeBlock(fields, body, scope, variables);
        break;
      case 'assign':
        this.judgeAssignment(statement, scope, variables);
        break;
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
        forgetAssigned({ [`PLpgSQL_stmt_${type}`]: fields }, variables);
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
    forgetAssigned({ [`PLpgSQL_stmt_${type}`]: fields }, variables);
    if (body.length > 0) {
      this.judgeRepeated(fields, body, scope, variables);
    } else if (!idle.has(type) && !/^(?:return|open|dyn|loop|while|for)/.test(type)) {
      report(scope, 'cannot-follow', `has a PL/pgSQL statement that no rule knows: ${type}`);
    }
  }

  private judgeAssignment(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const assignment = assignmentOf(statement.fields);
    const { name, expression } = assignment;
    const value = foldExpression(expression, variables);
    const text = expression ?? queryOf(statement.fields['expr'])?.replace(/^[^=]*=/, '');
    this.judgeExpression(statement, text, scope, variables);
    forgetAssignment(assignment, variables);
    const meant = this.nameOf(statement.fields['varno']);
    if (meant !== undefined && meant !== name) {
      forget(variables, meant);
    } else if (name !== undefined && expression !== undefined) {
      this.assign(variables, name, value);
    }
  }

  /** The body of a loop that may run never, once or often: of what it assigns nothing is known, before or behind it. */
  private judgeRepeated(
    fields: Readonly<Record<string, unknown>>,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    forgetAssigned(fields, variables);
    perhaps(scope, (branch) => this.judge(body, branch, variables));
    forgetAssigned(fields, variables);
  }

  /** A loop over what is known, item by item; one that may be left early makes nothing surely. */
  private judgeItems<Item>(
    fields: Readonly<Record<string, unknown>>,
    items: readonly Item[],
    scope: StatementScope,
    variables: Variables,
    judgeItem: (item: Item, here: StatementScope) => void,
  ): void {
    const isLeft = mayLeave(fields['body']);
    for (const item of items) {
      if (isLeft) {
        forgetAssigned(fields, variables);
        perhaps(scope, (branch) => judgeItem(item, branch));
      } else {
        judgeItem(item, scope);
      }
    }
    if (isLeft) {
      forgetAssigned(fields, variables);
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
      if (fields['label'] !== undefined && mayLeave(fields['body'])) {
        forgetAssigned(fields['body'], variables);
      }
      return;
    }
    perhaps(scope, (branch) => this.judge(body, branch, variables));
    forgetAssigned(fields['body'], variables);
    const [block] = itemsOf([fields['exceptions']]);
    for (const handler of itemsOf(block?.['exc_list'])) {
      perhaps(scope, (branch) => this.judge(statementsOf(handler['action']), branch, new Map(variables)));
    }
    forgetAssigned(fields['exceptions'], variables);
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
    const { fields } = statement;
    const name = this.nameOf(fields['varno']);
    const items = foldExpression(queryOf(fields['expr']), variables);
    this.judgeExpression(statement, queryOf(fields['expr']), scope, variables);
    if (name === undefined || items === undefined || !isList(items) || items.length > mostItems) {
      if (name === undefined) {
        variables.clear();
      } else {
        forget(variables, name);
      }
      this.judgeRepeated(fields, body, scope, variables);
      return;
    }
    this.judgeItems(fields, items, scope, variables, (item, here) => {
      this.assign(variables, name, item);
      this.judge(body, here, variables);
    });
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
      this.judgeRepeated(statement.fields, body, scope, variables);
      return;
    }
    this.judgeItems(statement.fields, rows, scope, variables, (row, here) => {
      for (const name of names) {
        forget(variables, name);
      }
      [...row].forEach(([column, value], index) => {
        const [record = '', name = column] = [names[0], names[index]];
        if (!this.declaredTwice.has(isRecordVariable ? record : name)) {
          variables.set(isRecordVariable ? `${record}.${column}` : name, value);
        }
      });
      this.judge(body, here, variables);
    });
  }

  /** A statement that stands in the code as it is. */
  private judgeStatic(statement: PlpgsqlStatement, query: string, scope: StatementScope, variables: Variables): void {
    const at = find(this.body, statement, query);
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
      const at = find(this.body, statement, text);
      judgeSql(`SELECT ${text}`, { ...scope, variables, locate: () => this.body.locate(at) });
    }
  }

  /** EXECUTE: what its text is known to be, or that it isn't known. */
  private judgeDynamic(statement: PlpgsqlStatement, text: string, scope: StatementScope, variables: Variables): void {
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
      this.assign(
        variables,
        name,
        target !== undefined && 'ResTarget' in target ? fold(target.ResTarget.val, variables) : undefined,
      );
    });
  }
}
