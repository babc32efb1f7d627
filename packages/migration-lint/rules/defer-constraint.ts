import type { Rule } from './rule.ts';

export const deferConstraint = {
  id: 'defer-constraint',
  group: 'additive',
  severity: 'error',
  title: 'Existing constraint checked only at COMMIT',
  reason:
    'Image N expects the violation at its statement, where it handles it; now the statement passes and the COMMIT fails.',
  safeWay:
    'Leave it INITIALLY IMMEDIATE; where the new image needs it later, let it SET CONSTRAINTS … DEFERRED itself.',
} as const satisfies Rule;
