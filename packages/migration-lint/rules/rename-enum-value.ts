import type { Rule } from './rule.ts';

export const renameEnumValue = {
  id: 'rename-enum-value',
  group: 'additive',
  severity: 'error',
  title: 'Enum value renamed',
  reason: 'Image N still writes and compares the old value, which the type no longer accepts.',
  safeWay: 'Add the new value, let the new image accept both, and stop writing the old one.',
} as const satisfies Rule;
