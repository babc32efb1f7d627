import type { InsertStmt, MergeStmt, Node, RangeVar, SelectStmt, UpdateStmt } from '@pgsql/types';
import { analyzeCalls } from '../code/calls.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { isSwitchedOn } from '../syntax/options.ts';
import { tagOf, walk } from '../syntax/tree.ts';
import { reportCopiedRows, reportRowWork, reportWholeScan } from './row-work.ts';

const queries = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
  'ExplainStmt',
  'DeclareCursorStmt',
]);

export function visitData(node: Node, scope: StatementScope): boolean {
  if ('TruncateStmt' in node) {
    for (const relation of node.TruncateStmt.relations ?? []) {
      const table = 'RangeVar' in relation ? scope.state.relationKey(relation.RangeVar) : '?';
      const cascades = node.TruncateStmt.behavior === 'DROP_CASCADE' && scope.state.parents.has(table);
      if (!scope.state.isNewTable(table) || cascades) {
        const others = cascades ? ' and the tables that refer to it' : '';
        report(scope, 'truncate', `empties ${printable(table)}${others}`);
      }
    }
    return true;
  }
  if ('CopyStmt' in node && node.CopyStmt.is_program === true) {
    report(scope, 'cannot-follow', 'runs a program on the server');
    return true;
  }
  if (!queries.has(tagOf(node))) {
    return false;
  }
  analyzeQueries(node, scope);
  const read = readBy(node);
  if (read !== undefined) {
    reportWholeScan(scope, read);
  } else if ('CopyStmt' in node && node.CopyStmt.is_from !== true) {
    const { relation, query } = node.CopyStmt;
    reportCopiedRows(scope, query ?? (relation === undefined ? undefined : { RangeVar: relation }), 'copies rows of');
  }
  return true;
}

/** EXPLAIN reads rows with ANALYZE alone, a cursor once it is fetched from: at the latest by COMMIT, WITH HOLD. */
function readBy(node: Node): SelectStmt | undefined {
  const query =
    'DeclareCursorStmt' in node
      ? node.DeclareCursorStmt.query
      : 'ExplainStmt' in node && isSwitchedOn(node.ExplainStmt.options, 'analyze')
        ? node.ExplainStmt.query
        : node;
  return query !== undefined && 'SelectStmt' in query ? query.SelectStmt : undefined;
}

export function analyzeQueries(node: unknown, scope: StatementScope): void {
  walk(node, (tag, body) => {
    const query = { [tag]: body };
    if (isNode(query, 'DeleteStmt')) {
      const table = scope.state.relationKey(query.DeleteStmt.relation);
      judgeDelete(scope, table, query.DeleteStmt.relation?.location);
      if (scope.state.isNewTable(table)) {
        reportCopiedRows(scope, query, `deletes rows of ${printable(table)} by those of`);
      }
    } else if (isNode(query, 'UpdateStmt')) {
      judgeUpdate(query.UpdateStmt, scope);
    } else if (isNode(query, 'MergeStmt')) {
      judgeMerge(query.MergeStmt, scope);
    } else if (isNode(query, 'InsertStmt')) {
      judgeInsert(query.InsertStmt, scope);
    } else if (isNode(query, 'SelectStmt') && query.SelectStmt.intoClause?.rel !== undefined) {
      reportCopiedRows(scope, { SelectStmt: { ...query.SelectStmt, intoClause: {} } }, 'copies rows of');
      scope.state.tables.set(scope.state.relationKey(query.SelectStmt.intoClause.rel), 'definite');
    }
  });
  analyzeCalls(node, scope);
}

function judgeDelete(scope: StatementScope, table: string, location: number | undefined): void {
  const cascades = scope.state.parents.get(table) === 'cascade';
  if (!scope.state.isNewTable(table) || cascades) {
    const others = cascades ? ' and, by ON DELETE CASCADE, of tables that refer to it' : '';
    report(scope, 'delete-rows', `deletes rows of ${printable(table)}${others}`, location);
  }
  if (!scope.state.isNewTable(table)) {
    reportRowWork(scope, `deletes rows of ${printable(table)}`, location);
  }
}

function judgeUpdate(update: UpdateStmt, scope: StatementScope): void {
  const columns = (update.targetList ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : []));
  judgeOverwrite(scope, update.relation, columns, 'updates', { UpdateStmt: update });
}

function judgeOverwrite(
  scope: StatementScope,
  relation: RangeVar | undefined,
  columns: readonly string[],
  verb: string,
  source?: Node,
): void {
  const { state } = scope;
  const table = state.relationKey(relation);
  if (state.isNewTable(table)) {
    reportCopiedRows(scope, source, `${verb} ${printable(table)} from rows of`);
    return;
  }
  const old = columns.filter((column) => !state.isNewColumn(table, column));
  if (old.length > 0) {
    report(scope, 'update-rows', `${verb} ${old.join(', ')} of ${printable(table)}`, relation?.location);
  }
  reportRowWork(scope, `${verb} ${printable(table)}`, relation?.location);
}

function judgeMerge(merge: MergeStmt, scope: StatementScope): void {
  const table = scope.state.relationKey(merge.relation);
  const onlyInserts = (merge.mergeWhenClauses ?? []).every(
    (clause) =>
      'MergeWhenClause' in clause && !/^CMD_(?:DELETE|UPDATE)$/.test(clause.MergeWhenClause.commandType ?? ''),
  );
  if (onlyInserts || scope.state.isNewTable(table)) {
    reportCopiedRows(scope, merge.sourceRelation, 'merges rows of');
  }
  for (const clause of merge.mergeWhenClauses ?? []) {
    if ('MergeWhenClause' in clause) {
      const { commandType, targetList } = clause.MergeWhenClause;
      if (commandType === 'CMD_DELETE') {
        judgeDelete(scope, table, merge.relation?.location);
      } else if (commandType === 'CMD_UPDATE') {
        const columns = (targetList ?? []).flatMap((node) => ('ResTarget' in node ? [node.ResTarget.name ?? ''] : []));
        judgeOverwrite(scope, merge.relation, columns, 'merges into');
      }
    }
  }
}

function judgeInsert(insert: InsertStmt, scope: StatementScope): void {
  reportCopiedRows(scope, insert.selectStmt, 'copies rows of');
  const conflict = insert.onConflictClause;
  if (conflict?.action === 'ONCONFLICT_UPDATE') {
    const columns = (conflict.targetList ?? []).flatMap((node) =>
      'ResTarget' in node ? [node.ResTarget.name ?? ''] : [],
    );
    judgeOverwrite(scope, insert.relation, columns, 'overwrites on conflict');
  }
  const { schemaname, relname = '' } = insert.relation ?? {};
  if (relname === 'alembic_version' && !scope.state.isNewTable(scope.state.relationKey(insert.relation))) {
    report(
      scope,
      'update-rows',
      'writes alembic_version, by which image N tells what the schema is at',
      insert.relation?.location,
    );
  }
  if (schemaname === 'pg_catalog' || (schemaname === undefined && relname.startsWith('pg_'))) {
    report(scope, 'update-rows', `writes the system catalogue ${relname}`, insert.relation?.location);
  }
}

function isNode<Tag extends string>(
  node: Readonly<Record<string, unknown>>,
  tag: Tag,
): node is Extract<Node, Record<Tag, unknown>> {
  return Object.hasOwn(node, tag);
}
