import type { Rule } from './rule.ts';

export const renameColumn = {
  id: 'rename-column',
  group: 'additive',
  severity: 'error',
  title: 'Column renamed',
  reason: 'Image N names the old column; every such statement fails.',
  safeWay: 'Add a column with the new name, write both, move readers over, and drop the old one releases later.',
} as const satisfies Rule;
