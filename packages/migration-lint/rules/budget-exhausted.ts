import type { Rule } from './rule.ts';

export const budgetExhausted = {
  id: 'budget-exhausted',
  group: 'lint',
  severity: 'error',
  title: 'More code than is followed',
  reason: 'What comes behind has never been looked at: no flag, override or baseline makes this pass.',
  safeWay: 'Write the operations out, or split the migration.',
} as const satisfies Rule;
