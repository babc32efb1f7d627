import type { Rule } from './rule.ts';

export const backfillUnderLock = {
  id: 'backfill-under-lock',
  group: 'availability',
  severity: 'error',
  title: 'Rows read or written in the transaction that locked a table',
  reason:
    'Postgres keeps a lock until the transaction ends: image N waits for the altered table while the rows of this one, or of any other, are worked through.',
  safeWay:
    'Work on rows in a transaction of its own, after the schema change has been committed (a migration of its own is one only where env.py sets transaction_per_migration).',
} as const satisfies Rule;
