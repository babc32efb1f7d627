import type { Rule } from './rule.ts';

export const revoke = {
  id: 'revoke',
  group: 'additive',
  severity: 'error',
  title: 'Privilege revoked',
  reason: 'Image N may need the privilege; its statements fail with "permission denied".',
  safeWay: 'Revoke when no image that uses the privilege can be rolled back to.',
} as const satisfies Rule;
