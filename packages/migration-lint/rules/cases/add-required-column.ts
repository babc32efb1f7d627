import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ADD a int NOT NULL',
    'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL a NOT VALID',
    'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT NULL',
    'ALTER TABLE audit_log ADD a int PRIMARY KEY',
    'ALTER TABLE audit_log ADD a int CHECK (a IS NOT NULL)',
    'CREATE DOMAIN d AS text NOT NULL; ALTER TABLE audit_log ADD a d',
    'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ALTER a SET NOT NULL',
    "ALTER TABLE audit_log ADD a text DEFAULT 'x' CHECK (a IN ('y', 'z'))",
  ],
  green: [
    "ALTER TABLE audit_log ADD a text DEFAULT 'x' CHECK (a IN ('y', 'z')) NOT ENFORCED",
    'ALTER TABLE audit_log ADD a int',
    'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT 0',
    'ALTER TABLE audit_log ADD a text NULL',
    'CREATE TABLE x (a int NOT NULL)',
    'CREATE TABLE x (); ALTER TABLE x ADD a int NOT NULL',
  ],
};
