import type { Rule } from './rule.ts';

export const deleteRows = {
  id: 'delete-rows',
  group: 'additive',
  severity: 'error',
  title: 'Rows deleted from an existing table',
  reason: 'Rows that image N wrote are lost; a rollback does not bring them back.',
  safeWay: 'Keep the rows, or mark them in a new column.',
} as const satisfies Rule;
