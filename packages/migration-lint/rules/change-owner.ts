import type { Rule } from './rule.ts';

export const changeOwner = {
  id: 'change-owner',
  group: 'additive',
  severity: 'error',
  title: 'Owner changed',
  reason: "Image N's role may lose what it could do as the owner.",
  safeWay: 'Grant the new role what it needs and leave the owner.',
} as const satisfies Rule;
