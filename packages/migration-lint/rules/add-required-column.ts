import type { Rule } from './rule.ts';

export const addRequiredColumn = {
  id: 'add-required-column',
  group: 'additive',
  severity: 'error',
  title: 'New column that needs a value N does not give',
  reason: 'Image N does not know the column and leaves it out; without a server default each of its INSERTs fails.',
  safeWay: 'Make the column nullable, or give it a constant server default.',
} as const satisfies Rule;
