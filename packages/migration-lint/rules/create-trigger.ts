import type { Rule } from './rule.ts';

export const createTrigger = {
  id: 'create-trigger',
  group: 'additive',
  severity: 'error',
  title: 'Trigger or rule on an existing table',
  reason: "Code that image N does not know runs inside N's statements: it can refuse, change or slow each of them.",
  safeWay:
    'Do the work in the new image; where a trigger is the point, show in an override that it cannot fail for rows of N.',
} as const satisfies Rule;
