import type { Node, VacuumStmt } from '@pgsql/types';
import { holdLock } from '../state/lock-timeout.ts';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { reportRowWork } from './row-work.ts';

/** LOCK … IN SHARE MODE and stronger conflict with N's INSERTs. */
const shareLock = 5;

/** Reads a sample of each table, which takes seconds. */
function visitAnalyze({ rels = [] }: VacuumStmt, scope: StatementScope): void {
  const { state } = scope;
  const tables = rels.map((rel) => ('VacuumRelation' in rel ? state.relationKey(rel.VacuumRelation.relation) : '?'));
  const old = tables.filter((table) => !state.isHarmlessToLock(table));
  if (rels.length === 0 || old.length > 0) {
    reportRowWork(scope, `analyzes ${rels.length === 0 ? 'every table' : old.map(printable).join(', ')}`);
  }
}

/** They change nothing but may block N. */
export function visitMaintenance(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('LockStmt' in node) {
    const old = (node.LockStmt.relations ?? []).flatMap((relation) => {
      const key = 'RangeVar' in relation ? state.relationKey(relation.RangeVar) : '?';
      return state.isHarmlessToLock(key) ? [] : [key];
    });
    if (old.length > 0 && (node.LockStmt.mode ?? shareLock) >= shareLock) {
      report(scope, 'explicit-lock', `locks ${old.map(printable).join(', ')} until the end of the transaction`);
      for (const table of old) {
        holdLock(scope, table);
      }
    }
  } else if ('ClusterStmt' in node) {
    report(
      scope,
      'table-rewrite',
      `rewrites ${node.ClusterStmt.relation?.relname ?? 'every clustered table'} (CLUSTER)`,
    );
  } else if ('VacuumStmt' in node) {
    const full = (node.VacuumStmt.options ?? []).some(
      (option) => 'DefElem' in option && option.DefElem.defname === 'full',
    );
    if (full) {
      report(scope, 'table-rewrite', 'rewrites tables (VACUUM FULL)');
    } else if (node.VacuumStmt.is_vacuumcmd !== true) {
      visitAnalyze(node.VacuumStmt, scope);
    }
  } else if ('ReindexStmt' in node) {
    const concurrently = (node.ReindexStmt.params ?? []).some(
      (option) => 'DefElem' in option && option.DefElem.defname === 'concurrently',
    );
    if (!concurrently) {
      report(
        scope,
        'refresh-not-concurrent',
        `rebuilds indexes of ${node.ReindexStmt.relation?.relname ?? node.ReindexStmt.name ?? 'the database'}`,
      );
    }
  } else if ('RefreshMatViewStmt' in node) {
    const view = state.relationKey(node.RefreshMatViewStmt.relation);
    if (node.RefreshMatViewStmt.concurrent !== true && !state.isHarmlessToLock(view)) {
      report(scope, 'refresh-not-concurrent', `refreshes ${printable(view)} under a lock that refuses reads`);
    }
    if (node.RefreshMatViewStmt.skipData !== true) {
      reportRowWork(scope, `refreshes ${printable(view)}`);
    }
  } else {
    return false;
  }
  return true;
}
