import type { Rule } from './rule.ts';

export const renameObject = {
  id: 'rename-object',
  group: 'additive',
  severity: 'error',
  title: 'Constraint, view, type, function, sequence or schema renamed or moved',
  reason: 'Image N refers to the object by its old name.',
  safeWay: 'Create the new name beside the old one and leave the old one in place.',
} as const satisfies Rule;
