import type { Rule } from './rule.ts';

export const explicitLock = {
  id: 'explicit-lock',
  group: 'availability',
  severity: 'error',
  title: 'Existing table locked until the end of the transaction',
  reason: 'Image N waits for the lock for as long as the migration takes.',
  safeWay: 'Leave LOCK TABLE out; the statements take the locks they need.',
} as const satisfies Rule;
