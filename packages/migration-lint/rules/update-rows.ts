import type { Rule } from './rule.ts';

export const updateRows = {
  id: 'update-rows',
  group: 'additive',
  severity: 'error',
  title: 'Existing values overwritten',
  reason: 'Image N finds other values than it wrote; a rollback does not bring the old ones back.',
  safeWay: 'Write what is derived into a new column that this migration adds.',
} as const satisfies Rule;
