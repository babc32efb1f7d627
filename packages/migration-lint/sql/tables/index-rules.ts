import type { IndexStmt, Node } from '@pgsql/types';
import { tieColumn } from '../columns/new-column.ts';
import { canFail } from '../expressions/can-fail.ts';
import { evaluate } from '../expressions/evaluate.ts';
import { placeholder } from '../expressions/fold.ts';
import { holdLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { columnsIn, functionsIn } from '../syntax/tree.ts';

export function visitIndex(node: Node, scope: StatementScope): boolean {
  if (!('IndexStmt' in node)) {
    return false;
  }
  const index = node.IndexStmt;
  const { state } = scope;
  const table = state.relationKey(index.relation);
  const name = index.idxname ?? 'an index';
  if (index.concurrent === true && state.transaction === 'open') {
    report(scope, 'concurrently-in-transaction', `builds ${name} CONCURRENTLY inside a transaction`);
  }
  if (index.concurrent !== true && !state.isHarmlessToLock(table)) {
    report(scope, 'index-not-concurrent', `builds ${name} on ${printable(table)} without CONCURRENTLY`);
    holdLock(scope, table);
  }
  if (!state.isNewTable(table)) {
    judgeContents(scope, index, table, name);
  }
  if (index.idxname !== undefined && index.if_not_exists !== true) {
    const schema = index.relation?.schemaname;
    state.objects.add(`OBJECT_INDEX:${state.key(schema, index.idxname)}`);
  }
  return true;
}

function judgeContents(scope: StatementScope, index: IndexStmt, table: string, name: string): void {
  const { state } = scope;
  const values = state.newColumnsOf(table);
  const elements = (index.indexParams ?? []).flatMap((element) => ('IndexElem' in element ? [element.IndexElem] : []));
  const columns = elements.flatMap(({ name: column }) => column ?? []);
  const staysNull = columns.some((column) => values.has(column) && values.get(column) === undefined);
  const leavesOut = leavesOutRowsOfN(index, values);
  if (index.unique === true && (staysNull || leavesOut)) {
    for (const column of [...columns, ...(leavesOut ? columnsIn(index.whereClause) : [])]) {
      tieColumn(state, `${table}.${column}`, { key: 'unique' });
    }
  }
  if (index.unique === true && !leavesOut && (!staysNull || index.nulls_not_distinct === true)) {
    report(
      scope,
      state.isFoundTable(table) ? 'unique-on-found-table' : 'tighten-constraint',
      `makes rows of ${printable(table)} unique by ${name}; a second row of N with the same values is refused`,
    );
  }
  const expressions = [...elements.map(({ expr }) => expr), index.whereClause].flatMap((expr) => expr ?? []);
  if (expressions.some((expr) => functionsIn(expr).some((call) => call.name.at(-1)?.startsWith(placeholder)))) {
    report(scope, 'cannot-follow', `builds ${name} over an expression that is only known at run time`);
  } else if (expressions.some(canFail)) {
    report(scope, 'index-expression', `builds ${name} over an expression that is computed for each row N writes`);
  }
}

/** Judges by the values of N's rows in the new columns. */
function leavesOutRowsOfN({ whereClause }: IndexStmt, values: ReadonlyMap<string, Node | undefined>): boolean {
  const condition = evaluate(whereClause, values);
  return whereClause !== undefined && condition.known && condition.value !== true;
}
