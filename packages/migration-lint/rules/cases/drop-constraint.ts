import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ALTER CONSTRAINT f NOT ENFORCED',
    'ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey',
    'ALTER DOMAIN d DROP CONSTRAINT c',
  ],
  green: [
    'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE audit_log DROP CONSTRAINT c; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a > 1) NOT VALID',
    'CREATE TABLE x (a int); ALTER TABLE x DROP CONSTRAINT c',
    'ALTER TABLE audit_log VALIDATE CONSTRAINT c',
  ],
};
