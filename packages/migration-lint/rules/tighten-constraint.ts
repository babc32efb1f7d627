import type { Rule } from './rule.ts';

export const tightenConstraint = {
  id: 'tighten-constraint',
  group: 'additive',
  severity: 'error',
  title: 'New constraint on what image N writes',
  reason:
    'Image N does not know the constraint (NOT VALID ones hold for new rows too); a row that was fine for N may be refused.',
  safeWay:
    'Constrain new columns only; or show that every row N can write satisfies it and say so in an override (add it NOT VALID, validate later).',
} as const satisfies Rule;
