import type { Rule } from './rule.ts';

export const unforeseenChange = {
  id: 'unforeseen-change',
  group: 'additive',
  severity: 'error',
  title: 'Change of the catalogue that nothing foretold',
  reason:
    'Applied to a Postgres at N (--observe), the migration changed what image N knows, and neither its text nor what it sent had shown it: a name that is computed, code that was not followed.',
  safeWay:
    'Write the statement out, so that it is judged; where image N does not mind the change, say so in an override within upgrade().',
} as const satisfies Rule;
