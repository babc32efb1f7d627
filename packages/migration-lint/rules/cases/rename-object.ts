import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER SCHEMA s RENAME TO t',
    'ALTER TABLE audit_log RENAME CONSTRAINT a TO b',
    'ALTER VIEW v RENAME TO w',
    'ALTER FUNCTION f() SET SCHEMA s',
    'ALTER TYPE t RENAME TO u',
  ],
  green: ['CREATE INDEX i ON x (a); ALTER INDEX i RENAME TO j', 'CREATE VIEW v AS SELECT 1; ALTER VIEW v RENAME TO w'],
};
