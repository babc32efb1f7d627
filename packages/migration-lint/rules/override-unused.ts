import type { Rule } from './rule.ts';

export const overrideUnused = {
  id: 'override-unused',
  group: 'lint',
  severity: 'warning',
  title: 'Override that allows nothing',
  reason: 'The finding it was written for is not there, or is at another statement.',
  safeWay: 'Remove it, or put it directly before the statement.',
} as const satisfies Rule;
