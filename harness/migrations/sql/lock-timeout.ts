import { report, type StatementScope } from './scope.ts';

/** Says once a migration that strong locks are waited for without a limit. */
function warnOfLock(scope: StatementScope, message: string): void {
  const { state } = scope;
  if (state.lockTimeout || state.warnedOfLockTimeout || scope.assumeLockTimeout) {
    return;
  }
  state.warnedOfLockTimeout = true;
  report(scope, 'lock-without-timeout', message);
}

/** A lock on a table of N that is in the way of its statements, held until the transaction ends. */
export function takeLock(scope: StatementScope, table: string, message: string): void {
  warnOfLock(scope, message);
  holdLock(scope, table);
}

/** The same of a lock whose wait is reported by a finding of its own. */
export function holdLock({ state }: StatementScope, table: string): void {
  if (!state.isHarmlessToLock(table)) {
    state.locked.add(table);
  }
}
