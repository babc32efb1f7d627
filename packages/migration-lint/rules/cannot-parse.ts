import type { Rule } from './rule.ts';

export const cannotParse = {
  id: 'cannot-parse',
  group: 'lint',
  severity: 'error',
  title: 'Text that the grammar does not accept',
  reason: 'What cannot be parsed has not been judged. --allow-unjudged makes this a warning.',
  safeWay: 'Write it so that Postgres (or Python) accepts it; psql meta-commands do not belong into migrations.',
} as const satisfies Rule;
