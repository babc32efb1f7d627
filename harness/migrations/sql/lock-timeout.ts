import { report, type StatementScope } from './scope.ts';

/** Says once a migration that strong locks are waited for without a limit. */
export function warnOfLock(scope: StatementScope, message: string): void {
  const { state } = scope;
  if (state.lockTimeout || state.warnedOfLockTimeout || scope.assumeLockTimeout) {
    return;
  }
  state.warnedOfLockTimeout = true;
  report(scope, 'lock-without-timeout', message);
}
