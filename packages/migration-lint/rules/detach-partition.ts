import type { Rule } from './rule.ts';

export const detachPartition = {
  id: 'detach-partition',
  group: 'additive',
  severity: 'error',
  title: 'Partition or child table detached',
  reason: "The rows of the partition disappear from image N's table, and rows that belong there are refused.",
  safeWay: 'Detach by a retention job, not by a migration.',
} as const satisfies Rule;
