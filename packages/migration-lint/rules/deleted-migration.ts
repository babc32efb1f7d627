import type { Rule } from './rule.ts';

export const deletedMigration = {
  id: 'deleted-migration',
  group: 'lint',
  severity: 'warning',
  title: 'Migration removed',
  reason: 'Databases that have run it name a revision which no longer exists; the next migration run fails.',
  safeWay: 'Leave it in place.',
} as const satisfies Rule;
