import type { Rule } from './rule.ts';

export const dropDefault = {
  id: 'drop-default',
  group: 'additive',
  severity: 'error',
  title: 'Default, identity or generation expression dropped',
  reason: 'Image N leaves the column out of its INSERTs; without the default they write NULL or fail on NOT NULL.',
  safeWay: 'Keep the default for as long as an image that relies on it can be rolled back to.',
} as const satisfies Rule;
