import type { Node, SelectStmt } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isRecord, walk } from '../syntax/tree.ts';

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

/** Only certain without condition and limit. */
export function reportWholeScan(scope: StatementScope, select: SelectStmt): void {
  if (select.whereClause === undefined && select.intoClause === undefined) {
    reportCopiedRows(scope, { SelectStmt: select }, 'reads all rows of');
  }
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
