import type { Rule } from './rule.ts';

export const uniqueBuildsIndex = {
  id: 'unique-builds-index',
  group: 'availability',
  severity: 'error',
  title: 'Unique, primary key or exclusion constraint builds its index under lock',
  reason: 'An ACCESS EXCLUSIVE lock keeps image N from reading and writing while the index is built.',
  safeWay: 'CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … UNIQUE USING INDEX.',
} as const satisfies Rule;
