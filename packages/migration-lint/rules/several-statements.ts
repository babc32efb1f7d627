import type { Rule } from './rule.ts';

export const severalStatements = {
  id: 'several-statements',
  group: 'availability',
  severity: 'warning',
  title: 'Several statements in one call',
  reason:
    'asyncpg prepares what it sends and refuses it: "cannot insert multiple commands into a prepared statement"; psycopg takes it as long as no parameters go with it.',
  safeWay: 'One call of op.execute for each statement.',
} as const satisfies Rule;
