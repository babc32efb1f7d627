import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'ALTER TABLE audit_log ADD a int',
    'CREATE TABLE x (a uuid REFERENCES audit_log)',
    "SET lock_timeout = '0'; ALTER TABLE audit_log ADD a int",
    "SET lock_timeout = '5s'; RESET lock_timeout; ALTER TABLE audit_log ADD a int",
  ],
  green: [
    "SET lock_timeout = '5s'; ALTER TABLE audit_log ADD a int",
    "SELECT set_config('lock_timeout', '5s', false); ALTER TABLE audit_log ADD a int",
    'CREATE TABLE x (); ALTER TABLE x ADD a int',
    'ALTER TABLE audit_log VALIDATE CONSTRAINT c',
  ],
};
