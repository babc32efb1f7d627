import type { Rule } from './rule.ts';

export const addEnumValue = {
  id: 'add-enum-value',
  group: 'additive',
  severity: 'warning',
  title: 'Value added to an enum that image N reads',
  reason:
    "As soon as a newer image has written the value, it comes back to N, whose own list of values (SQLAlchemy's Enum, an enum in code) refuses the row.",
  safeWay: 'Write the value only when every image that can still be rolled back to knows it.',
} as const satisfies Rule;
