import type { Rule } from './rule.ts';

/** Changes that keep image N from answering while the migration runs. */
export const availabilityRules = {
  'index-not-concurrent': {
    group: 'availability',
    severity: 'error',
    title: 'Index built without CONCURRENTLY',
    reason: 'A SHARE lock refuses every write of image N for as long as the whole table is read.',
    safeWay:
      'CREATE INDEX CONCURRENTLY outside a transaction (Alembic: postgresql_concurrently=True in an autocommit_block).',
  },
  'unique-builds-index': {
    group: 'availability',
    severity: 'error',
    title: 'Unique, primary key or exclusion constraint builds its index under lock',
    reason: 'An ACCESS EXCLUSIVE lock keeps image N from reading and writing while the index is built.',
    safeWay: 'CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … UNIQUE USING INDEX.',
  },
  'foreign-key-validates': {
    group: 'availability',
    severity: 'error',
    title: 'Foreign key validated at once',
    reason: 'A SHARE ROW EXCLUSIVE lock on both tables refuses writes of image N while every row is checked.',
    safeWay: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later transaction.',
  },
  'check-validates': {
    group: 'availability',
    severity: 'error',
    title: 'CHECK constraint validated at once',
    reason: 'An ACCESS EXCLUSIVE lock keeps image N out while every row is checked.',
    safeWay: 'ADD CONSTRAINT … NOT VALID, and VALIDATE CONSTRAINT in a later transaction.',
  },
  'validate-in-same-transaction': {
    group: 'availability',
    severity: 'error',
    title: 'Constraint validated in the transaction that adds it',
    reason: 'The strong lock of ADD CONSTRAINT is held until the end: the scan of VALIDATE runs under it all the same.',
    safeWay:
      'VALIDATE CONSTRAINT in a later transaction (Alembic: in an autocommit_block, or in a migration of its own where env.py sets transaction_per_migration).',
  },
  'column-rewrites-table': {
    group: 'availability',
    severity: 'error',
    title: 'New column whose value is computed for every row',
    reason:
      'A volatile default, serial, identity, stored expression or constrained domain makes Postgres rewrite the table under an ACCESS EXCLUSIVE lock.',
    safeWay:
      'Add the column without it, set the default in a second statement (it then holds for new rows), and backfill in batches.',
  },
  'table-rewrite': {
    group: 'availability',
    severity: 'error',
    title: 'Whole table rewritten or scanned under lock',
    reason: 'Image N can neither read nor write the table until every row has been copied.',
    safeWay: 'Leave it to a maintenance window, or to a tool that copies in the background (pg_repack).',
  },
  'backfill-under-lock': {
    group: 'availability',
    severity: 'error',
    title: 'Rows read or written in the transaction that locked a table',
    reason:
      'Postgres keeps a lock until the transaction ends: image N waits for the altered table while the rows of this one, or of any other, are worked through.',
    safeWay:
      'Work on rows in a transaction of its own, after the schema change has been committed (a migration of its own is one only where env.py sets transaction_per_migration).',
  },
  'enum-value-uncommitted': {
    group: 'availability',
    severity: 'error',
    title: 'New enum value used before it is committed',
    reason:
      'Postgres refuses it (55P04, unsafe use of new value) on every database where the type was there before; a cold install, which makes the type in the same transaction, does not show it.',
    safeWay:
      'Add the value in an autocommit_block, or, where env.py sets transaction_per_migration, in a migration before the one that uses it.',
  },
  'several-statements': {
    group: 'availability',
    severity: 'warning',
    title: 'Several statements in one call',
    reason:
      'asyncpg prepares what it sends and refuses it: "cannot insert multiple commands into a prepared statement"; psycopg takes it as long as no parameters go with it.',
    safeWay: 'One call of op.execute for each statement.',
  },
  'generated-without-kind': {
    group: 'availability',
    severity: 'warning',
    title: 'Generated column that is neither STORED nor VIRTUAL',
    reason:
      'Postgres 17 refuses it, and 18 makes it VIRTUAL. SQLAlchemy 2.1 writes no keyword where sa.Computed has no persisted, and STORED where it sees a 17.',
    safeWay: 'Say STORED or VIRTUAL; in Alembic sa.Computed(…, persisted=True) or persisted=False.',
  },
  'refresh-not-concurrent': {
    group: 'availability',
    severity: 'error',
    title: 'Index rebuilt or materialised view refreshed without CONCURRENTLY',
    reason: 'REINDEX refuses writes, REFRESH refuses reads of image N until it is done.',
    safeWay: 'REINDEX … CONCURRENTLY; REFRESH MATERIALIZED VIEW CONCURRENTLY (needs a unique index).',
  },
  'explicit-lock': {
    group: 'availability',
    severity: 'error',
    title: 'Existing table locked until the end of the transaction',
    reason: 'Image N waits for the lock for as long as the migration takes.',
    safeWay: 'Leave LOCK TABLE out; the statements take the locks they need.',
  },
  'lock-without-timeout': {
    group: 'availability',
    severity: 'warning',
    title: 'Strong lock without lock_timeout',
    reason:
      'While the statement waits behind a long transaction, every read and write of image N queues behind the statement.',
    safeWay: "SET lock_timeout = '5s' before it and retry (or --assume-lock-timeout where the runner sets it).",
  },
  'concurrently-in-transaction': {
    group: 'availability',
    severity: 'error',
    title: 'CONCURRENTLY inside a transaction',
    reason: 'Postgres refuses it: the migration fails on every database.',
    safeWay: 'Alembic: with op.get_context().autocommit_block(); SQL: no BEGIN around it.',
  },
} as const satisfies Record<string, Rule>;
