import { isList, type Known } from '../sql/expressions/fold.ts';
import { maybe, report, type StatementScope } from '../sql/state/scope.ts';
import { isRecord } from '../sql/syntax/tree.ts';
import type { Body } from './body.ts';
import { Queries, selectedValues } from './queries.ts';
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

const idle = new Set(['exit', 'getdiag', 'raise', 'assert', 'fetch', 'close', 'null']);
/** Longer loops aren't run item by item. */
const mostItems = 1_000;

/** Runs loops over constants item by item, others once. */
export class PlpgsqlAnalyzer {
  private readonly queries: Queries;
  private readonly code: PlpgsqlCode;
  private readonly declaredTwice: ReadonlySet<string>;

  constructor(body: Body, code: PlpgsqlCode) {
    this.queries = new Queries(body);
    this.code = code;
    this.declaredTwice = declaredTwice(code);
  }

  /** Judges functions called by defaults and cursor queries. */
  judgeDeclarations(scope: StatementScope, variables: Variables): void {
    for (const { defaultText, cursorText, line } of this.code.variables) {
      const declaration = { type: 'declare', fields: {}, line };
      maybe(scope, (branch) => {
        this.queries.judgeExpression(declaration, defaultText, branch, variables);
        if (cursorText !== undefined) {
          this.queries.judgeStatic(declaration, cursorText, branch, variables);
        }
      });
    }
  }

  judge(statements: readonly PlpgsqlStatement[], scope: StatementScope, variables: Variables): void {
    for (const [index, statement] of statements.entries()) {
      this.judgeOne(statement, scope, variables);
      const rest = statements.slice(index + 1);
      if (rest.length > 0 && mayLeave({ [`PLpgSQL_stmt_${statement.type}`]: statement.fields })) {
        // What follows a RETURN or EXIT is not certain to run.
        maybe(scope, (branch) => this.judge(rest, branch, variables));
        return;
      }
    }
  }

  /** A name declared twice depends on the block, so it stays unknown. */
  private assign(variables: Variables, name: string, value: Known | undefined): void {
    assign(variables, name, this.declaredTwice.has(name) ? undefined : value);
  }

  /** Looked up by number: only the text shows an alias. */
  private nameOf(number: unknown): string | undefined {
    const name = typeof number === 'number' ? this.code.variables[number]?.name : undefined;
    return name === '' ? undefined : name;
  }

  private judgeOne(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const { type, fields } = statement;
    const body = statementsOf(fields['body']);
    for (const text of [fields['params'], fields['options'], fields['argquery']].flatMap(queriesOf)) {
      this.queries.judgeExpression(statement, text, scope, variables);
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
        this.queries.judgeStatic(statement, queryOf(fields['sqlstmt']) ?? '', scope, variables);
        this.judgeInto(fields, queryOf(fields['sqlstmt']) ?? '', variables);
        break;
      case 'perform':
      case 'call':
        this.queries.judgeStatic(statement, queryOf(fields['expr']) ?? '', scope, variables);
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
      this.queries.judgeDynamic(statement, dynamic, scope, variables);
    }
    if (!isDynamic && queryOf(fields['query']) !== undefined) {
      this.queries.judgeStatic(statement, queryOf(fields['query']) ?? '', scope, variables);
    }
    for (const field of ['expr', 'cond', 'lower', 'upper', 'step']) {
      this.queries.judgeExpression(statement, queryOf(fields[field]), scope, variables);
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
    this.queries.judgeExpression(statement, text, scope, variables);
    forgetAssignment(assignment, variables);
    const meant = this.nameOf(statement.fields['varno']);
    if (meant !== undefined && meant !== name) {
      forget(variables, meant);
    } else if (name !== undefined && expression !== undefined) {
      this.assign(variables, name, value);
    }
  }

  /** A loop body may run any number of times: what it assigns is unknown before and after. */
  private judgeRepeated(
    fields: Readonly<Record<string, unknown>>,
    body: readonly PlpgsqlStatement[],
    scope: StatementScope,
    variables: Variables,
  ): void {
    forgetAssigned(fields, variables);
    maybe(scope, (branch) => this.judge(body, branch, variables));
    forgetAssigned(fields, variables);
  }

  /** If the loop may exit early, nothing it creates is certain. */
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
        maybe(scope, (branch) => judgeItem(item, branch));
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
    maybe(scope, (branch) => this.judge(body, branch, variables));
    forgetAssigned(fields['body'], variables);
    const [block] = itemsOf([fields['exceptions']]);
    for (const handler of itemsOf(block?.['exc_list'])) {
      maybe(scope, (branch) => this.judge(statementsOf(handler['action']), branch, new Map(variables)));
    }
    forgetAssigned(fields['exceptions'], variables);
  }

  private judgeBranches(statement: PlpgsqlStatement, scope: StatementScope, variables: Variables): void {
    const { fields } = statement;
    const others = [...itemsOf(fields['elsif_list']), ...itemsOf(fields['case_when_list'])];
    for (const condition of [fields['cond'], fields['t_expr'], ...others.map((item) => item['cond'] ?? item['expr'])]) {
      this.queries.judgeExpression(statement, queryOf(condition), scope, variables);
    }
    const bodies = [
      fields['then_body'],
      ...others.map((item) => item['stmts']),
      fields['else_body'] ?? fields['else_stmts'] ?? [],
    ];
    const ends = bodies.map((body) => {
      const branchVariables = new Map(variables);
      maybe(scope, (branch) => this.judge(statementsOf(body), branch, branchVariables));
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
    this.queries.judgeExpression(statement, queryOf(fields['expr']), scope, variables);
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
    this.queries.judgeStatic(statement, query, scope, variables);
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

  private judgeInto(fields: Readonly<Record<string, unknown>>, query: string, variables: Variables): void {
    const names = fields['into'] === true ? targetNames(fields['target']) : [];
    const values = selectedValues(query, variables);
    for (const [index, name] of names.entries()) {
      this.assign(variables, name, values[index]);
    }
  }
}
