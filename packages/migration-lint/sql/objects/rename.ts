import type { Node } from '@pgsql/types';
import { report, type StatementScope } from '../state/scope.ts';
import { printable } from '../state/state.ts';
import { nameWords } from '../syntax/tree.ts';
import { kind } from './drop.ts';

const columns = new Set(['OBJECT_COLUMN', 'OBJECT_ATTRIBUTE']);
const tables = new Set(['OBJECT_TABLE', 'OBJECT_FOREIGN_TABLE']);

export function visitRename(node: Node, scope: StatementScope): boolean {
  const { state } = scope;
  if ('RenameStmt' in node) {
    const { renameType = 'OBJECT_TABLE', relation, object, subname = '', newname = '' } = node.RenameStmt;
    const key = relation === undefined ? state.wordsKey(nameWords(object)) : state.relationKey(relation);
    if (columns.has(renameType)) {
      judgeColumn(scope, key, subname, newname);
    } else if (tables.has(renameType)) {
      judgeTable(scope, key, state.key(relation?.schemaname, newname), `renames table ${printable(key)} to ${newname}`);
    } else if (renameType === 'OBJECT_INDEX' && !isMade(scope, renameType, key)) {
      report(
        scope,
        'cannot-follow',
        `renames index ${printable(key)}: if it is a constraint's, the constraint is renamed too, and ON CONFLICT ON CONSTRAINT of N fails`,
      );
    } else if (!isMade(scope, renameType, key)) {
      const what = subname === '' ? printable(key) : `${subname} of ${printable(key)}`;
      report(scope, 'rename-object', `renames ${kind(renameType)} ${what} to ${newname}`);
    }
    return true;
  }
  if ('AlterObjectSchemaStmt' in node) {
    const { objectType = 'OBJECT_TABLE', relation, object, newschema = '' } = node.AlterObjectSchemaStmt;
    const key = relation === undefined ? state.wordsKey(nameWords(object)) : state.relationKey(relation);
    if (tables.has(objectType)) {
      judgeTable(
        scope,
        key,
        state.key(newschema, relation?.relname ?? ''),
        `moves table ${printable(key)} to schema ${newschema}`,
      );
    } else if (!isMade(scope, objectType, key)) {
      report(scope, 'rename-object', `moves ${kind(objectType)} ${printable(key)} to schema ${newschema}`);
    }
    return true;
  }
  return false;
}

function judgeColumn(scope: StatementScope, table: string, from: string, to: string): void {
  const { state } = scope;
  if (!state.isNewColumn(table, from)) {
    report(scope, 'rename-column', `renames column ${printable(table)}.${from} to ${to}`);
  }
  if (state.columns.has(`${table}.${from}`)) {
    state.columns.set(`${table}.${to}`, state.columns.get(`${table}.${from}`));
    state.columns.delete(`${table}.${from}`);
    const ties = state.columnTies.get(`${table}.${from}`);
    if (ties !== undefined) state.columnTies.set(`${table}.${to}`, ties);
  }
}

function judgeTable(scope: StatementScope, from: string, to: string, message: string): void {
  const { state } = scope;
  const how = state.tables.get(from);
  if (how !== 'definite') {
    report(scope, 'rename-table', message);
  }
  if (how !== undefined) {
    state.tables.delete(from);
    state.tables.set(to, how);
  }
}

function isMade(scope: StatementScope, objectType: string, key: string): boolean {
  const { state } = scope;
  return state.objects.has(`${objectType}:${key}`) || (objectType === 'OBJECT_TABCONSTRAINT' && state.isNewTable(key));
}
