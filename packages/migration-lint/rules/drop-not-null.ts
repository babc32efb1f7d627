import type { Rule } from './rule.ts';

export const dropNotNull = {
  id: 'drop-not-null',
  group: 'additive',
  severity: 'warning',
  title: 'NOT NULL dropped',
  reason: 'As soon as a newer image writes NULL, image N reads one it cannot expect, most of all after a rollback.',
  safeWay: 'Let newer images go on writing a value until N cannot be rolled back to.',
} as const satisfies Rule;
