import type { Rule } from './rule.ts';

export const referencesExistingTable = {
  id: 'references-existing-table',
  group: 'additive',
  severity: 'warning',
  title: 'New foreign key to a table of image N',
  reason:
    "N's TRUNCATE of the table fails at once, whatever the foreign key says; with NO ACTION or RESTRICT, N's DELETE of a row fails as soon as a newer image has written one that refers to it.",
  safeWay:
    'ON DELETE CASCADE or SET NULL where N deletes such rows; no foreign key where N empties the table by TRUNCATE.',
} as const satisfies Rule;
