import type { Rule } from './rule.ts';

export const renameTable = {
  id: 'rename-table',
  group: 'additive',
  severity: 'error',
  title: 'Table renamed or moved to another schema',
  reason: 'Image N looks for the table under its old name; every such statement fails.',
  safeWay:
    'Keep the name. Where a new one is worth it: new table, both written, readers moved over, old one dropped releases later.',
} as const satisfies Rule;
