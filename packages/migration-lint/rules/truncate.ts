import type { Rule } from './rule.ts';

export const truncate = {
  id: 'truncate',
  group: 'additive',
  severity: 'error',
  title: 'Table emptied',
  reason: 'Rows that image N wrote are lost; a rollback does not bring them back.',
  safeWay: 'Keep the rows; delete what is no longer needed by a retention job, not by a migration.',
} as const satisfies Rule;
