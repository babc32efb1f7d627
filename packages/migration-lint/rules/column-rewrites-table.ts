import type { Rule } from './rule.ts';

export const columnRewritesTable = {
  id: 'column-rewrites-table',
  group: 'availability',
  severity: 'error',
  title: 'New column whose value is computed for every row',
  reason:
    'A volatile default, serial, identity, stored expression or constrained domain makes Postgres rewrite the table under an ACCESS EXCLUSIVE lock.',
  safeWay:
    'Add the column without it, set the default in a second statement (it then holds for new rows), and backfill in batches.',
} as const satisfies Rule;
