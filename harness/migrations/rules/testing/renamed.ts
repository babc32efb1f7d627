import type { Cases } from '../../testing/cases.ts';
import type { additiveRules } from '../additive.ts';

/** What is called something else. */
export const renamed = {
  'rename-table': {
    red: [
      'ALTER TABLE audit_log RENAME TO audit',
      'ALTER TABLE audit_log SET SCHEMA archive',
      'CREATE TABLE n (); ALTER TABLE audit_log RENAME TO o; ALTER TABLE n RENAME TO audit_log',
    ],
    green: [
      'CREATE TABLE x (); ALTER TABLE x RENAME TO y',
      'CREATE TABLE x (); ALTER TABLE x RENAME TO y; DROP TABLE y',
    ],
  },
  'rename-column': {
    red: [
      'ALTER TABLE audit_log RENAME path TO route',
      'ALTER TABLE audit_log RENAME COLUMN payload TO body',
      'ALTER TYPE t RENAME ATTRIBUTE a TO b',
    ],
    green: ['ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log RENAME a TO b'],
  },
  'rename-object': {
    red: [
      'ALTER SCHEMA s RENAME TO t',
      'ALTER TABLE audit_log RENAME CONSTRAINT a TO b',
      'ALTER VIEW v RENAME TO w',
      'ALTER FUNCTION f() SET SCHEMA s',
      'ALTER TYPE t RENAME TO u',
    ],
    green: [
      'CREATE INDEX i ON x (a); ALTER INDEX i RENAME TO j',
      'CREATE VIEW v AS SELECT 1; ALTER VIEW v RENAME TO w',
    ],
  },
  'add-enum-value': {
    red: ["ALTER TYPE state ADD VALUE 'held'", "ALTER TYPE state ADD VALUE IF NOT EXISTS 'held' BEFORE 'open'"],
    green: ["CREATE TYPE s AS ENUM ('a'); ALTER TYPE s ADD VALUE 'b'", "CREATE TYPE s AS ENUM ('a', 'b')"],
  },
  'rename-enum-value': {
    red: ["ALTER TYPE state RENAME VALUE 'open' TO 'opened'"],
    green: [
      "ALTER TYPE state ADD VALUE IF NOT EXISTS 'closed'",
      "CREATE TYPE s AS ENUM ('a'); ALTER TYPE s RENAME VALUE 'a' TO 'b'",
    ],
  },
} as const satisfies Partial<Cases<keyof typeof additiveRules>>;
