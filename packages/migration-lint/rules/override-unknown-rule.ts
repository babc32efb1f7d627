import type { Rule } from './rule.ts';

export const overrideUnknownRule = {
  id: 'override-unknown-rule',
  group: 'lint',
  severity: 'error',
  title: 'Override of a rule that does not exist',
  reason: 'It allows nothing: a typing error would go unnoticed.',
  safeWay: 'See `migration-compat --rules` for the names.',
} as const satisfies Rule;
