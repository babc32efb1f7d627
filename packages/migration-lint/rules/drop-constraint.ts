import { expandFirst, type Rule } from './rule.ts';

export const dropConstraint = {
  id: 'drop-constraint',
  group: 'additive',
  severity: 'error',
  title: 'Constraint dropped',
  reason: 'Image N may rely on it: ON CONFLICT needs its unique index, and its reads assume what it guarantees.',
  safeWay: expandFirst,
} as const satisfies Rule;
