import type { Rule } from './rule.ts';

export const setNotNull = {
  id: 'set-not-null',
  group: 'additive',
  severity: 'error',
  title: 'NOT NULL set on an existing column',
  reason:
    'Image N may write NULL or leave the column out: its INSERT fails; and the whole table is scanned under lock.',
  safeWay:
    'Give the column a server default and let newer images always write it; set NOT NULL when N cannot be rolled back to.',
} as const satisfies Rule;
