import type { Rule } from './rule.ts';

export const changeDefault = {
  id: 'change-default',
  group: 'additive',
  severity: 'error',
  title: 'Default of an existing column changed',
  reason: "Rows that image N writes without the column silently get another value than N's code expects.",
  safeWay: 'Let the new image write the value itself, or put the new default on a new column.',
} as const satisfies Rule;
