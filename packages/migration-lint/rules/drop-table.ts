import { expandFirst, type Rule } from './rule.ts';

export const dropTable = {
  id: 'drop-table',
  group: 'additive',
  severity: 'error',
  title: 'Table dropped',
  reason:
    'Image N still reads and writes the table; after the migration, and after a rollback, every such statement fails.',
  safeWay: expandFirst,
} as const satisfies Rule;
