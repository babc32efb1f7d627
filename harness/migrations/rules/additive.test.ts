import { describe, expect, test } from 'vitest';
import { lintSql, rulesOf } from '../testing/judge.ts';
import type { additiveRules } from './additive.ts';

/** For each rule: SQL that must be red, and its nearest neighbours that must be green. */
const cases: Readonly<
  Record<keyof typeof additiveRules, { readonly red: readonly string[]; readonly green: readonly string[] }>
> = {
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
    red: ['ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey', 'ALTER DOMAIN d DROP CONSTRAINT c'],
    green: ['CREATE TABLE x (a int); ALTER TABLE x DROP CONSTRAINT c', 'ALTER TABLE audit_log VALIDATE CONSTRAINT c'],
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
    green: ['ALTER INDEX i RENAME TO j', 'CREATE VIEW v AS SELECT 1; ALTER VIEW v RENAME TO w'],
  },
  'rename-enum-value': {
    red: ["ALTER TYPE state RENAME VALUE 'open' TO 'opened'"],
    green: [
      "ALTER TYPE state ADD VALUE IF NOT EXISTS 'closed'",
      "CREATE TYPE s AS ENUM ('a'); ALTER TYPE s RENAME VALUE 'a' TO 'b'",
    ],
  },
  'change-column-type': {
    red: [
      'ALTER TABLE audit_log ALTER status_code TYPE bigint',
      'ALTER TABLE audit_log ALTER payload SET DATA TYPE text USING payload::text',
    ],
    green: [
      'CREATE TABLE x (a int); ALTER TABLE x ALTER a TYPE bigint',
      'ALTER TABLE audit_log ALTER payload SET STORAGE EXTERNAL',
    ],
  },
  'set-not-null': {
    red: [
      'ALTER TABLE audit_log ALTER tenant_id SET NOT NULL',
      'ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL tenant_id',
      'ALTER DOMAIN d SET NOT NULL',
    ],
    green: ["ALTER TABLE audit_log ADD a text DEFAULT ''; ALTER TABLE audit_log ALTER a SET NOT NULL"],
  },
  'add-required-column': {
    red: [
      'ALTER TABLE audit_log ADD a int NOT NULL',
      'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT NULL',
      'ALTER TABLE audit_log ADD a int PRIMARY KEY',
      'ALTER TABLE audit_log ADD a int CHECK (a IS NOT NULL)',
      'CREATE DOMAIN d AS text NOT NULL; ALTER TABLE audit_log ADD a d',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ALTER a SET NOT NULL',
      "ALTER TABLE audit_log ADD a text DEFAULT 'x' CHECK (a IN ('y', 'z'))",
    ],
    green: [
      'ALTER TABLE audit_log ADD a int',
      'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT 0',
      'ALTER TABLE audit_log ADD a text NULL',
      'CREATE TABLE x (a int NOT NULL)',
      'CREATE TABLE x (); ALTER TABLE x ADD a int NOT NULL',
    ],
  },
  'tighten-constraint': {
    red: [
      'ALTER TABLE audit_log ADD CONSTRAINT c CHECK (status_code > 0) NOT VALID',
      'ALTER TABLE audit_log ADD FOREIGN KEY (tenant_id) REFERENCES tenant (id) NOT VALID',
      'ALTER TABLE audit_log ADD UNIQUE (request_id)',
      'CREATE UNIQUE INDEX CONCURRENTLY u ON audit_log (path)',
      'ALTER TABLE audit_log ADD a text UNIQUE DEFAULT $$x$$',
      'ALTER TABLE audit_log ADD EXCLUDE (path WITH =)',
      'ALTER DOMAIN d ADD CHECK (VALUE > 0)',
      'ALTER TABLE parent ATTACH PARTITION audit_log DEFAULT',
      'ALTER TABLE audit_log ADD a int DEFAULT 1 CHECK (a > status_code)',
      'ALTER TABLE audit_log ADD a int GENERATED ALWAYS AS (status_code / 0) STORED',
    ],
    green: [
      'ALTER TABLE audit_log ADD a int CHECK (a > status_code)',
      'ALTER TABLE audit_log ADD a int; CREATE UNIQUE INDEX CONCURRENTLY u ON audit_log (a)',
      'CREATE TABLE x (a int CHECK (a > 0) UNIQUE)',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (id) NOT VALID',
      "ALTER TABLE audit_log ADD a text DEFAULT 'x'; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a IN ('x', 'y')) NOT VALID",
      'ALTER TABLE audit_log ADD CONSTRAINT u UNIQUE USING INDEX i',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a BETWEEN 1 AND 9) NOT VALID',
    ],
  },
  truncate: {
    red: ['TRUNCATE audit_log', 'CREATE TABLE x (); TRUNCATE x, audit_log CASCADE'],
    green: ['CREATE TABLE x (); TRUNCATE x'],
  },
  'delete-rows': {
    red: [
      'DELETE FROM audit_log',
      "DELETE FROM audit_log WHERE path = '/'",
      'WITH d AS (DELETE FROM audit_log RETURNING *) SELECT count(*) FROM d',
      'MERGE INTO audit_log a USING x ON a.id = x.id WHEN MATCHED THEN DELETE',
      'EXPLAIN ANALYZE DELETE FROM audit_log',
      'PREPARE p AS DELETE FROM audit_log',
      'COPY (DELETE FROM audit_log RETURNING *) TO STDOUT',
    ],
    green: [
      'CREATE TABLE x (); DELETE FROM x',
      'SELECT * FROM audit_log',
      "COMMENT ON TABLE audit_log IS 'DELETE FROM audit_log'",
    ],
  },
  'update-rows': {
    red: [
      "UPDATE audit_log SET payload = '{}'",
      "INSERT INTO audit_log (id) VALUES (gen_random_uuid()) ON CONFLICT (id) DO UPDATE SET path = ''",
      'WITH u AS (UPDATE audit_log SET path = $$x$$ RETURNING 1) SELECT 1',
      'MERGE INTO audit_log a USING x ON a.id = x.id WHEN MATCHED THEN UPDATE SET path = x.path',
      'INSERT INTO pg_catalog.pg_description VALUES (1)',
    ],
    green: [
      'BEGIN; ALTER TABLE audit_log ADD a int; COMMIT; UPDATE audit_log SET a = 1',
      'CREATE TABLE x (a int); UPDATE x SET a = 1',
      'INSERT INTO audit_log (path) VALUES ($$x$$) ON CONFLICT DO NOTHING',
    ],
  },
  'create-trigger': {
    red: [
      'CREATE TRIGGER t BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION f()',
      'CREATE RULE r AS ON INSERT TO audit_log DO INSTEAD NOTHING',
      'ALTER TABLE audit_log DISABLE TRIGGER t',
      'CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()',
    ],
    green: ['CREATE TABLE x (); CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW EXECUTE FUNCTION f()'],
  },
  'row-security': {
    red: [
      'ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY',
      'ALTER TABLE audit_log FORCE ROW LEVEL SECURITY',
      'CREATE POLICY p ON audit_log AS RESTRICTIVE USING (false)',
      'ALTER POLICY p ON audit_log USING (false)',
    ],
    green: [
      'CREATE TABLE x (); ALTER TABLE x ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY p ON audit_log USING (true)',
      'ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY',
    ],
  },
  revoke: {
    red: ['REVOKE INSERT ON audit_log FROM meho', 'REVOKE admins FROM meho'],
    green: ['GRANT SELECT ON audit_log TO reader', 'CREATE TABLE x (); REVOKE ALL ON x FROM PUBLIC'],
  },
  'change-owner': {
    red: [
      'ALTER TABLE audit_log OWNER TO other',
      'REASSIGN OWNED BY meho TO other',
      'ALTER FUNCTION f() OWNER TO other',
    ],
    green: ['CREATE TABLE x (); ALTER TABLE x OWNER TO other'],
  },
  'detach-partition': {
    red: ['ALTER TABLE audit_log DETACH PARTITION audit_2024', 'ALTER TABLE audit_2024 NO INHERIT audit_log'],
    green: ['CREATE TABLE p (); ALTER TABLE audit_log ATTACH PARTITION p DEFAULT'],
  },
  'change-session-defaults': {
    red: [
      'ALTER ROLE meho SET search_path = other',
      'ALTER DATABASE meho SET default_transaction_read_only = on',
      "ALTER SYSTEM SET max_connections = '1'",
      'ALTER ROLE meho NOLOGIN',
    ],
    green: ['SET search_path = public', "SET LOCAL statement_timeout = '1s'"],
  },
  'change-sequence': {
    red: ['ALTER SEQUENCE s RESTART WITH 1', "SELECT setval('s', 1)"],
    green: [
      'CREATE SEQUENCE s; ALTER SEQUENCE s RESTART WITH 5',
      "CREATE SEQUENCE s; SELECT setval('s', 1)",
      'ALTER SEQUENCE s OWNED BY audit_log.id',
    ],
  },
  'replace-routine': {
    red: ['CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'],
    green: ['CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$'],
  },
  'replace-view': { red: ['CREATE OR REPLACE VIEW v AS SELECT 1'], green: ['CREATE VIEW v AS SELECT 1'] },
  'index-expression': {
    red: ["CREATE INDEX CONCURRENTLY i ON audit_log (((payload->>'n')::int))"],
    green: [
      'CREATE INDEX CONCURRENTLY i ON audit_log (lower(path))',
      "CREATE INDEX CONCURRENTLY i ON audit_log ((payload->>'n'))",
    ],
  },
};

describe.each(Object.entries(cases))('%s', (rule, { red, green }) => {
  test.each(red)('red: %s', (sql) => {
    expect(rulesOf(lintSql(sql))).toContain(rule);
  });
  test.each(green)('green: %s', (sql) => {
    expect(rulesOf(lintSql(sql))).not.toContain(rule);
  });
});

test('the synthetic N+1 has nothing against it', () => {
  const sql = `BEGIN;
    ALTER TABLE audit_log ADD COLUMN payload_summary text NULL DEFAULT 'reserved_for_v0.2';
    ALTER TABLE audit_log ADD COLUMN payload_summary_jsonb jsonb NULL DEFAULT '{}';
  COMMIT;`;
  expect(lintSql(sql).findings).toEqual([]);
});
