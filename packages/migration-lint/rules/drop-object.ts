import { expandFirst, type Rule } from './rule.ts';

export const dropObject = {
  id: 'drop-object',
  group: 'additive',
  severity: 'error',
  title: 'View, type, function, sequence, schema, trigger or other object dropped',
  reason:
    'Image N, or a column default, view or trigger it relies on, may use the object; CASCADE takes those away too.',
  safeWay: expandFirst,
} as const satisfies Rule;
