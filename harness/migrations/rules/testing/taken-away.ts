import type { Cases } from '../../testing/cases.ts';
import type { additiveRules } from '../additive.ts';

/** What is taken away: tables, columns, constraints, defaults. */
export const takenAway = {
  'references-existing-table': {
    red: [
      'CREATE TABLE child (id int, parent int REFERENCES audit_log)',
      'CREATE TABLE child (id int, FOREIGN KEY (id) REFERENCES audit_log ON DELETE CASCADE)',
      'CREATE TABLE child (id int); ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES audit_log ON DELETE SET NULL',
      'ALTER TABLE tenant ADD last uuid REFERENCES audit_log ON DELETE RESTRICT',
      'CREATE TABLE child (id int, parent int REFERENCES audit_log NOT ENFORCED)',
      'CREATE TABLE child (id int, v tstzrange, FOREIGN KEY (id, PERIOD v) REFERENCES audit_log (id, PERIOD v))',
    ],
    green: [
      'CREATE TABLE child (id int, parent int)',
      'CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (parent int REFERENCES parent)',
      'CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree)',
    ],
  },
  'drop-table': {
    red: [
      'DROP TABLE audit_log',
      'DROP TABLE IF EXISTS public.audit_log CASCADE',
      'CREATE TABLE x (); DROP TABLE x, audit_log',
      'CREATE TABLE IF NOT EXISTS audit_log (); DROP TABLE audit_log',
      'CREATE SCHEMA s CREATE TABLE s.t (); DROP TABLE t',
    ],
    green: [
      'CREATE TABLE x (); DROP TABLE x',
      'CREATE TEMP TABLE audit_log (); DROP TABLE audit_log',
      'CREATE TABLE s.x (); DROP TABLE s.x',
    ],
  },
  'drop-column': {
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
  },
  'drop-constraint': {
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
  },
  'drop-index': {
    red: ['DROP INDEX audit_log_occurred_at', 'DROP INDEX CONCURRENTLY IF EXISTS i'],
    green: ['CREATE INDEX CONCURRENTLY i ON audit_log (path); DROP INDEX i'],
  },
  'drop-object': {
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
  },
  'drop-default': {
    red: [
      'ALTER TABLE audit_log ALTER occurred_at DROP DEFAULT',
      'ALTER TABLE audit_log ALTER id DROP IDENTITY',
      'ALTER TABLE audit_log ALTER x DROP EXPRESSION',
    ],
    green: ['ALTER TABLE audit_log ADD a int DEFAULT 1; ALTER TABLE audit_log ALTER a DROP DEFAULT'],
  },
  'change-default': {
    red: ["ALTER TABLE audit_log ALTER payload SET DEFAULT '[]'", 'ALTER DOMAIN d SET DEFAULT 1'],
    green: ['ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ALTER a SET DEFAULT 1'],
  },
  'change-generated': {
    red: [
      'ALTER TABLE audit_log ALTER id ADD GENERATED ALWAYS AS IDENTITY',
      'ALTER TABLE audit_log ALTER id SET GENERATED ALWAYS',
    ],
    green: ['CREATE TABLE x (id int NOT NULL); ALTER TABLE x ALTER id ADD GENERATED ALWAYS AS IDENTITY'],
  },
  'drop-not-null': {
    red: ['ALTER TABLE audit_log ALTER path DROP NOT NULL'],
    green: ['CREATE TABLE x (a int NOT NULL); ALTER TABLE x ALTER a DROP NOT NULL'],
  },
} as const satisfies Partial<Cases<keyof typeof additiveRules>>;
