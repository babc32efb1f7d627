import { expandFirst, type Rule } from './rule.ts';

export const dropColumn = {
  id: 'drop-column',
  group: 'additive',
  severity: 'error',
  title: 'Column dropped',
  reason:
    'Image N names the column in its statements; they fail as soon as it is gone, and its values are lost. Indexes go with it without CASCADE and without a notice, also a unique one that only names it in WHERE, and with them what they kept unique, what an ON CONFLICT needs, or the replica identity.',
  safeWay: expandFirst,
} as const satisfies Rule;
