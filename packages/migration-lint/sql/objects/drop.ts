import type { DropStmt, Node } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { nameWords } from '../syntax/tree.ts';

export function visitDrop(node: Node, scope: StatementScope): boolean {
  if ('DropStmt' in node) {
    for (const object of node.DropStmt.objects ?? []) {
      judgeObject(node.DropStmt, nameWords(object), scope);
    }
    return true;
  }
  if ('DropOwnedStmt' in node || 'DropRoleStmt' in node || 'DropdbStmt' in node || 'DropTableSpaceStmt' in node) {
    report(scope, 'drop-object', 'drops a role, what a role owns, a database or a tablespace');
    return true;
  }
  if ('DropUserMappingStmt' in node || 'DropSubscriptionStmt' in node) {
    report(scope, 'drop-object', 'drops a user mapping or subscription');
    return true;
  }
  return false;
}

/** CASCADE also drops an existing table's default or column that uses them. */
const usedByDefaults = new Set(['OBJECT_SEQUENCE', 'OBJECT_FUNCTION', 'OBJECT_TYPE', 'OBJECT_DOMAIN']);

function judgeObject(statement: DropStmt, name: readonly string[], scope: StatementScope): void {
  const { state } = scope;
  const { removeType = 'OBJECT_TABLE', behavior, concurrent } = statement;
  const cascade = behavior === 'DROP_CASCADE' ? ' and all that depends on it' : '';
  const key =
    removeType === 'OBJECT_SCHEMA' || removeType === 'OBJECT_EXTENSION' ? name.join('.') : state.wordsKey(name);
  if (removeType === 'OBJECT_TABLE' || removeType === 'OBJECT_FOREIGN_TABLE') {
    if (!state.isNewTable(key) && !state.objects.has(`${removeType}:${key}`)) {
      report(scope, 'drop-table', `drops table ${printable(key)}${cascade}`);
    }
    state.tables.delete(key);
    return;
  }
  if (removeType === 'OBJECT_TRIGGER' || removeType === 'OBJECT_POLICY' || removeType === 'OBJECT_RULE') {
    const table = state.wordsKey(name.slice(0, -1));
    if (!state.isNewTable(table)) {
      report(scope, 'drop-object', `drops ${kind(removeType)} ${name.at(-1)} of ${printable(table)}`);
    }
    return;
  }
  const made = `${removeType}:${key}`;
  if (removeType === 'OBJECT_INDEX') {
    if (!state.objects.has(made)) {
      report(scope, 'drop-index', `drops index ${printable(key)}${concurrent === true ? ', concurrently' : ''}`);
    }
    if (concurrent === true && state.transaction === 'open') {
      report(scope, 'concurrently-in-transaction', `drops index ${printable(key)} CONCURRENTLY inside a transaction`);
    }
  } else if (!state.objects.has(made) || (behavior === 'DROP_CASCADE' && usedByDefaults.has(removeType))) {
    report(scope, 'drop-object', `drops ${kind(removeType)} ${printable(key)}${cascade}`);
  }
  state.objects.delete(made);
}

export function kind(objectType: string): string {
  return objectType.replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ').replace('matview', 'materialised view');
}
