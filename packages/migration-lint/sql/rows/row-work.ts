import type { Node, SelectStmt } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isRecord, walk, words } from '../syntax/tree.ts';

/** Work that grows with every row while N waits for a lock taken earlier. */
export function reportRowWork(scope: StatementScope, what: string, location?: number): void {
  const { state } = scope;
  if (state.locked.size > 0 && state.transaction !== 'none') {
    const tables = [...state.locked].map(printable).join(', ');
    report(scope, 'backfill-under-lock', `${what} while the lock on ${tables} is held`, location);
  }
}

/** Reports only queries that read existing tables. */
export function reportCopiedRows(scope: StatementScope, query: Node | undefined, what: string): void {
  const [first, ...more] = scope.state.locked.size === 0 || isShort(query) ? [] : tablesRead(scope, query);
  if (first !== undefined) {
    reportRowWork(scope, `${what} ${[first, ...more].map(printable).join(', ')}`);
  }
}

/** What no index can be expected to answer: no condition has an `=`. */
export function reportWholeScan(scope: StatementScope, select: SelectStmt): void {
  if (!hasEquality(select.whereClause) && select.intoClause === undefined) {
    const what = select.whereClause === undefined ? 'reads all rows of' : 'looks through the rows of';
    reportCopiedRows(scope, { SelectStmt: select }, what);
  }
}

function hasEquality(condition: Node | undefined): boolean {
  if (condition === undefined) {
    return false;
  }
  if ('BoolExpr' in condition) {
    const { boolop, args = [] } = condition.BoolExpr;
    return boolop === 'AND_EXPR' ? args.some(hasEquality) : boolop === 'OR_EXPR' && args.every(hasEquality);
  }
  // `EXISTS`, `IN (SELECT …)` and what isn't a comparison may be answered by an index, too.
  return !('NullTest' in condition) && (!('A_Expr' in condition) || words(condition.A_Expr.name).includes('='));
}

function isShort(query: Node | undefined): boolean {
  const limit = query !== undefined && 'SelectStmt' in query ? query.SelectStmt.limitCount : undefined;
  return (
    limit !== undefined &&
    'A_Const' in limit &&
    limit.A_Const.isnull !== true &&
    (limit.A_Const.ival?.ival ?? 0) <= 1_000
  );
}

/** Leaves out WITH names, and catalogues, which are small. */
function tablesRead({ state }: StatementScope, query: Node | undefined): string[] {
  const ctes = new Set<unknown>();
  const tables = new Set<string>();
  walk(query, (tag, body) => {
    if (tag === 'CommonTableExpr') {
      ctes.add(body['ctename']);
    }
  });
  walk({ query }, (tag, body) => {
    if (tag === 'RangeVar' && isRecord(body)) {
      const { schemaname, relname } = body;
      const isCatalogue =
        schemaname === 'pg_catalog' || schemaname === 'information_schema' || /^pg_/.test(String(relname));
      const key = state.relationKey({ ...body });
      if (!isCatalogue && !(schemaname === undefined && ctes.has(relname)) && !state.isHarmlessToLock(key)) {
        tables.add(key);
      }
    }
  });
  return [...tables];
}
