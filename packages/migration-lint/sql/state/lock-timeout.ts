import { report, type StatementScope } from './scope.ts';

function warnOfLock(scope: StatementScope, message: string): void {
  const { state } = scope;
  if (state.lockTimeout || state.warnedOfLockTimeout || scope.assumeLockTimeout) {
    return;
  }
  state.warnedOfLockTimeout = true;
  report(scope, 'lock-without-timeout', message);
}

/** Blocks N's statements until the transaction ends. */
export function takeLock(scope: StatementScope, table: string, message: string): void {
  warnOfLock(scope, message);
  holdLock(scope, table);
}

/** For a lock whose wait has its own finding. */
export function holdLock({ state }: StatementScope, table: string): void {
  if (!state.isHarmlessToLock(table)) {
    state.locked.add(table);
  }
}
