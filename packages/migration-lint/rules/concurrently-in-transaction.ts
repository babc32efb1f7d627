import type { Rule } from './rule.ts';

export const concurrentlyInTransaction = {
  id: 'concurrently-in-transaction',
  group: 'availability',
  severity: 'error',
  title: 'CONCURRENTLY inside a transaction',
  reason: 'Postgres refuses it: the migration fails on every database.',
  safeWay: 'Alembic: with op.get_context().autocommit_block(); SQL: no BEGIN around it.',
} as const satisfies Rule;
