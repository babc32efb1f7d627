import type { Rule } from './rule.ts';

export const overrideWithoutReason = {
  id: 'override-without-reason',
  group: 'lint',
  severity: 'error',
  title: 'Override without a reason',
  reason: 'An override is a decision somebody has to be able to read later.',
  safeWay: 'Write `meho:allow <rule> because <reason>`.',
} as const satisfies Rule;
