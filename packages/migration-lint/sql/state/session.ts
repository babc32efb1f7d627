import type { Node, TransactionStmt, VariableSetStmt } from '@pgsql/types';
import { stringConstant, tagOf } from '../syntax/tree.ts';
import { report, type StatementScope } from './scope.ts';
import type { MigrationState } from './state.ts';

const harmless = new Set([
  'VariableShowStmt',
  'NotifyStmt',
  'ListenStmt',
  'UnlistenStmt',
  'CheckPointStmt',
  'ConstraintsSetStmt',
  'DeallocateStmt',
  'ClosePortalStmt',
  'FetchStmt',
]);

/** What ends with the migration's session doesn't affect N. */
export function visitSession(node: Node, scope: StatementScope): boolean {
  if ('VariableSetStmt' in node) {
    setVariable(node.VariableSetStmt, scope.state);
    if (
      /^(?:standard_conforming_strings|backslash_quote|escape_string_warning)$/.test(node.VariableSetStmt.name ?? '')
    ) {
      report(scope, 'cannot-follow', 'changes how string literals are read: what follows may be other than it looks');
    }
  } else if ('TransactionStmt' in node) {
    transact(node.TransactionStmt, scope.state);
    if (node.TransactionStmt.kind === 'TRANS_STMT_COMMIT_PREPARED') {
      report(scope, 'cannot-follow', 'commits a transaction that was prepared elsewhere');
    }
  } else if ('DiscardStmt' in node) {
    const { target } = node.DiscardStmt;
    if (target === 'DISCARD_ALL' || target === 'DISCARD_TEMP') {
      scope.state.discard(target === 'DISCARD_ALL' ? 'all' : 'temporary');
    }
  } else if ('AlterRoleSetStmt' in node || 'AlterDatabaseSetStmt' in node || 'AlterSystemStmt' in node) {
    report(scope, 'change-session-defaults', 'changes settings for every new session of a role, database or server');
  } else if ('AlterRoleStmt' in node || 'AlterDatabaseStmt' in node) {
    report(scope, 'change-session-defaults', 'changes a role or database that N connects with');
  } else {
    return harmless.has(tagOf(node));
  }
  return true;
}

/** Tracks lock_timeout (or statement_timeout) and search_path. */
export function setSetting(state: MigrationState, name: string, value: string | undefined, isLocal = false): void {
  if (name === 'lock_timeout' || name === 'statement_timeout') {
    state.set({ lockTimeout: value !== undefined && value !== '' && !/^0\D*$/.test(value) }, isLocal);
  } else if (name === 'search_path') {
    const schemas = (value ?? 'public').split(',').map((name) => name.trim().replaceAll('"', ''));
    const [schema = ''] = schemas.filter((name) => name !== 'pg_temp' && name !== 'pg_catalog');
    const defaultSchema = schema === '' || schema === '$user' ? 'public' : schema;
    state.set({ defaultSchema, tempFirst: schemas.indexOf('pg_temp') <= 0 }, isLocal);
  }
}

function setVariable(statement: VariableSetStmt, state: MigrationState): void {
  const { kind, name = '', args = [], is_local: isLocal = false } = statement;
  if (kind === 'VAR_RESET_ALL') {
    setSetting(state, 'lock_timeout', undefined);
    setSetting(state, 'search_path', undefined);
    return;
  }
  const [first] = args;
  const number =
    first !== undefined && 'A_Const' in first
      ? first.A_Const.ival === undefined
        ? undefined
        : String(first.A_Const.ival.ival ?? 0)
      : undefined;
  const texts = args.flatMap((arg) => stringConstant(arg) ?? []);
  const value = texts.length > 0 ? texts.join(',') : number;
  setSetting(state, name, kind === 'VAR_SET_VALUE' ? value : undefined, isLocal);
}

function transact(statement: TransactionStmt, state: MigrationState): void {
  switch (statement.kind) {
    case 'TRANS_STMT_COMMIT':
      state.endTransaction(false);
      break;
    case 'TRANS_STMT_ROLLBACK':
    case 'TRANS_STMT_PREPARE':
      // The changes of a prepared transaction don't exist until it is committed.
      state.endTransaction(true);
      break;
    case 'TRANS_STMT_ROLLBACK_TO':
      state.rollBackToSavepoint();
      break;
    case 'TRANS_STMT_SAVEPOINT':
    case 'TRANS_STMT_RELEASE':
    case 'TRANS_STMT_COMMIT_PREPARED':
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      break;
    default:
      state.beginTransaction();
  }
}
