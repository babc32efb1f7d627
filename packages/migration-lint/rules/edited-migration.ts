import type { Rule } from './rule.ts';

export const editedMigration = {
  id: 'edited-migration',
  group: 'lint',
  severity: 'warning',
  title: 'Migration changed after it was in the base',
  reason: 'Databases that have run it will never run the change: schemas drift apart.',
  safeWay: 'Add a new migration instead.',
} as const satisfies Rule;
