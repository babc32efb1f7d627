import { afterWrittenCommit } from '../environment.ts';
import { analyzeSql } from './analyze-sql.ts';
import type { Scope } from './state/scope.ts';

/** As `analyzeSql`, for what Alembic's driver sends, which may begin a transaction where the migration has ended one. */
export function analyzeSent(sql: string, scope: Scope): void {
  const { state } = scope;
  const before = state.transaction;
  analyzeSql(sql, scope);
  if (before === 'none' || state.transaction !== 'none') {
    return;
  }
  const after = afterWrittenCommit(scope.environment);
  if (after !== 'none') {
    state.beginTransaction();
    state.transaction = after;
  }
}
