import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    'DROP VIEW v',
    'DROP MATERIALIZED VIEW v',
    'DROP TYPE t',
    'DROP DOMAIN d',
    'DROP FUNCTION f(int)',
    'DROP SEQUENCE s',
    'DROP SCHEMA s CASCADE',
    'DROP TRIGGER t ON audit_log',
    'DROP POLICY p ON audit_log',
    'DROP EXTENSION vector CASCADE',
    'DROP OWNED BY meho',
    'DROP ROLE meho',
  ],
  green: [
    'CREATE VIEW v AS SELECT 1; DROP VIEW v',
    "CREATE TYPE t AS ENUM ('a'); DROP TYPE t",
    'CREATE TABLE x (); DROP TRIGGER t ON x',
    'CREATE SEQUENCE s; DROP SEQUENCE s',
  ],
};
