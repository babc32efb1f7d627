import type { Rule } from './rule.ts';

export const cannotFollow = {
  id: 'cannot-follow',
  group: 'lint',
  severity: 'error',
  title: 'SQL or code that is only known when the migration runs',
  reason: 'What is not in the file has not been judged. --allow-unjudged makes this a warning.',
  safeWay: 'Write the statement out, or say in an override why it is additive.',
} as const satisfies Rule;
