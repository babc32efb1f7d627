import type { Rule } from './rule.ts';

export const checkValidates = {
  id: 'check-validates',
  group: 'availability',
  severity: 'error',
  title: 'CHECK constraint validated at once',
  reason: 'An ACCESS EXCLUSIVE lock keeps image N out while every row is checked.',
  safeWay: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later transaction.',
} as const satisfies Rule;
