import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log DROP COLUMN payload',
    'ALTER TABLE IF EXISTS audit_log DROP payload CASCADE',
    'ALTER TABLE audit_log ADD a int, DROP COLUMN b',
    'ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS payload jsonb; ALTER TABLE audit_log DROP COLUMN payload',
  ],
  green: [
    'ALTER TABLE audit_log ADD COLUMN a int; ALTER TABLE audit_log DROP COLUMN a',
    'CREATE TABLE x (a int, b int); ALTER TABLE x DROP COLUMN b',
  ],
};
