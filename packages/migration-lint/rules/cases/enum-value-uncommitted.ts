import type { Cases } from '../../testing/cases.ts';

export const cases: Cases = {
  red: [
    "ALTER TYPE state ADD VALUE 'held'; INSERT INTO audit_log (state) VALUES ('held')",
    "BEGIN; ALTER TYPE state ADD VALUE 'held'; CREATE TABLE x (s state DEFAULT 'held'); COMMIT",
    "ALTER TYPE state ADD VALUE IF NOT EXISTS 'held'; ALTER TABLE a ADD s state DEFAULT 'held'::state",
    "ALTER TYPE state ADD VALUE 'held'; CREATE INDEX CONCURRENTLY i ON a (k) WHERE s = 'held'",
    "ALTER TYPE state ADD VALUE 'held'; CREATE VIEW v AS SELECT 1 FROM a WHERE s = 'held'",
    "ALTER TYPE state ADD VALUE 'held'; DO $$ BEGIN UPDATE a SET s = 'held'; END $$",
    "BEGIN; CREATE TYPE state AS ENUM ('a'); COMMIT; BEGIN; ALTER TYPE state ADD VALUE 'held'; SELECT 'held'::state; COMMIT",
    "ALTER TYPE state ADD VALUE 'held'; CREATE FUNCTION f() RETURNS state LANGUAGE sql AS $$ SELECT 'held'::state $$",
    "ALTER TYPE state ADD VALUE 'held'; CREATE FUNCTION f() RETURNS state LANGUAGE sql RETURN 'held'::state",
    "ALTER TYPE state ADD VALUE 'held'; CREATE FUNCTION f(s state DEFAULT 'held') RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$",
    "ALTER TYPE state ADD VALUE 'held'; SELECT unnest(enum_range(NULL::state))",
    "ALTER TYPE state ADD VALUE 'held'; SELECT enum_last(NULL::state)",
    "ALTER TYPE state ADD VALUE 'held'; SELECT '{open,held}'::state[]",
    "ALTER TYPE state ADD VALUE 'held'; SELECT 'held'::text::state",
  ],
  green: [
    "BEGIN; ALTER TYPE state ADD VALUE 'held'; COMMIT; INSERT INTO audit_log (state) VALUES ('held')",
    "BEGIN; CREATE TYPE state AS ENUM ('a'); ALTER TYPE state ADD VALUE 'held'; CREATE TABLE x (s state DEFAULT 'held'); COMMIT",
    "ALTER TYPE state ADD VALUE 'held'; INSERT INTO names (name) VALUES ('held'::text)",
    "ALTER TYPE state ADD VALUE 'held'; COMMENT ON TYPE state IS 'held'",
    "ALTER TYPE state ADD VALUE 'held'; INSERT INTO audit_log (state) VALUES ('open')",
    "ALTER TYPE state ADD VALUE 'held'; CREATE FUNCTION f() RETURNS state LANGUAGE plpgsql AS $$ BEGIN RETURN 'held'; END $$",
    "ALTER TYPE state ADD VALUE 'held'; SELECT enum_first(NULL::state)",
    "ALTER TYPE state ADD VALUE 'held'; SELECT enum_range(NULL::other)",
    "ALTER TYPE state ADD VALUE 'held'; SET my.state = 'held'",
    "ALTER TYPE state ADD VALUE 'held'; SELECT '{open}'::state[]",
  ],
};
