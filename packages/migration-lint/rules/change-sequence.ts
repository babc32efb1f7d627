import type { Rule } from './rule.ts';

export const changeSequence = {
  id: 'change-sequence',
  group: 'additive',
  severity: 'error',
  title: 'Existing sequence changed',
  reason: 'Image N draws keys from the sequence: after a restart or with new bounds they collide or run out.',
  safeWay: 'Leave the sequence; create another one for new columns.',
} as const satisfies Rule;
