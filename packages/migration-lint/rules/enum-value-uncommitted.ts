import type { Rule } from './rule.ts';

export const enumValueUncommitted = {
  id: 'enum-value-uncommitted',
  group: 'availability',
  severity: 'error',
  title: 'New enum value used before it is committed',
  reason:
    'Postgres refuses it (55P04, unsafe use of new value) on every database where the type was there before; a cold install, which makes the type in the same transaction, does not show it.',
  safeWay:
    'Add the value in an autocommit_block (a COMMIT that the migration writes is none: psycopg begins anew, and psycopg2 writes all that follows for good), or, where env.py sets transaction_per_migration, in a migration before the one that uses it.',
} as const satisfies Rule;
