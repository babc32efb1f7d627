import type { IndexStmt, Node } from '@pgsql/types';
import { tie } from './new-column.ts';
import { report, type StatementScope } from './scope.ts';
import { printable } from './state.ts';
import { functionsIn, isOneOf, isRecord, walk, words } from './tree.ts';

export function judgeIndex(node: Node, scope: StatementScope): boolean {
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
  const values = scope.state.newColumnsOf(table);
  const elements = (index.indexParams ?? []).flatMap((element) => ('IndexElem' in element ? [element.IndexElem] : []));
  const staysNull = elements.some(
    ({ name: column }) => column !== undefined && values.has(column) && values.get(column) === undefined,
  );
  for (const { name: column } of index.unique === true && staysNull ? elements : []) {
    if (column !== undefined) {
      tie(scope.state, `${table}.${column}`, { key: 'unique' });
    }
  }
  if (index.unique === true && (!staysNull || index.nulls_not_distinct === true)) {
    report(
      scope,
      'tighten-constraint',
      `makes rows of ${printable(table)} unique by ${name}; a second row of N with the same values is refused`,
    );
  }
  if ([...elements.map(({ expr }) => expr), index.whereClause].some((expr) => expr !== undefined && canFail(expr))) {
    report(scope, 'index-expression', `builds ${name} over an expression that is computed for each row N writes`);
  }
}

const safeFunctions = new Set(['lower', 'upper', 'btrim', 'md5', 'coalesce', 'length', 'left', 'right']);
const safeOperators = new Set([
  ...'-> ->> #> #>> || = <> < > <= >= ~~ ~~* !~~ !~~* @> <@ ? ?| ?& &&'.split(' '),
  ...['BETWEEN', 'NOT BETWEEN'],
]);

/** Anything but functions and operators that have an answer for every value of their type. */
function canFail(expression: Node): boolean {
  let fails = false;
  walk({ expression }, (tag, body) => {
    if (tag === 'FuncCall') {
      fails ||= !functionsIn({ FuncCall: body }).every(({ name }) => isOneOf(safeFunctions, name));
    } else if (tag === 'A_Expr') {
      fails ||= !(Array.isArray(body['name']) && safeOperators.has(words(body['name']).at(-1) ?? ''));
    } else if (tag === 'TypeCast') {
      // What is constant is computed when the index is made.
      fails ||= !(isRecord(body['arg']) && 'A_Const' in body['arg']);
    }
  });
  return fails;
}
