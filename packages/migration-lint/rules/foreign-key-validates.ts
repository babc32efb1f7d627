import type { Rule } from './rule.ts';

export const foreignKeyValidates = {
  id: 'foreign-key-validates',
  group: 'availability',
  severity: 'error',
  title: 'Foreign key validated at once',
  reason: 'A SHARE ROW EXCLUSIVE lock on both tables refuses writes of image N while every row is checked.',
  safeWay: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later transaction.',
} as const satisfies Rule;
