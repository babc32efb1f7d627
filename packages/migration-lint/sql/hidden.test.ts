import { expect, test } from 'vitest';
import { lintSql, rulesOf } from '../testing/lint-text.ts';

const zap = "CREATE FUNCTION zap() RETURNS int LANGUAGE sql AS 'DELETE FROM audit_log; SELECT 1';";

test.each([
  ['delete-rows', `${zap} PREPARE p (int) AS SELECT $1; EXECUTE p(zap())`],
  ['drop-column', 'ALTER TABLE audit_log ADD COLUMN payload jsonb, DROP COLUMN payload'],
  ['delete-rows', `${zap} CREATE FUNCTION g(a int DEFAULT zap()) RETURNS int LANGUAGE sql AS 'SELECT a'; SELECT g()`],
  [
    'drop-table',
    "SET search_path = scratch; CREATE TABLE audit_log (); CREATE FUNCTION g() RETURNS void LANGUAGE sql SET search_path = public AS 'DROP TABLE audit_log'; SELECT g()",
  ],
  ['delete-rows', 'CREATE TEMP TABLE audit_log (); SET search_path = public, pg_temp; DELETE FROM audit_log'],
  [
    'drop-table',
    "CREATE FUNCTION run(t text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE t; END'; CREATE FUNCTION f(s text) RETURNS void LANGUAGE sql AS 'SELECT run(s)'; DO $$ DECLARE s text := 'SELECT 1'; BEGIN PERFORM f('DROP TABLE audit_log'); END $$",
  ],
  [
    'cannot-follow',
    "CREATE FUNCTION own.lower(text) RETURNS text LANGUAGE sql AS $$ SELECT 'DROP TABLE audit_log' $$; DO $$ BEGIN EXECUTE own.lower('SELECT 1'); END $$",
  ],
  ['tighten-constraint', 'ALTER TABLE audit_log ADD a text DEFAULT own.lower($$A$$)'],
  ['index-expression', 'CREATE INDEX CONCURRENTLY i ON audit_log (own.lower(path))'],
  ['delete-rows', 'CREATE TABLE x (); CREATE RULE r AS ON INSERT TO x DO ALSO DELETE FROM audit_log'],
  ['delete-rows', "CREATE FOREIGN TABLE f (a int) SERVER s OPTIONS (table_name 'audit_log'); DELETE FROM f"],
  ['tighten-constraint', 'CREATE TABLE p PARTITION OF audit_log (CHECK (status_code < 300)) DEFAULT'],
  [
    'create-trigger',
    'CREATE TABLE p PARTITION OF audit_log DEFAULT; CREATE TRIGGER t BEFORE INSERT ON p EXECUTE FUNCTION f()',
  ],
  ['tighten-constraint', 'ALTER TABLE audit_log ALTER CONSTRAINT c ENFORCED'],
  ['foreign-key-validates', 'ALTER TABLE audit_log ALTER CONSTRAINT c ENFORCED'],
  ['tighten-constraint', 'ALTER TABLE audit_log ALTER CONSTRAINT c NOT DEFERRABLE'],
  ['tighten-constraint', 'ALTER TABLE audit_log REPLICA IDENTITY NOTHING'],
  ['tighten-constraint', "ALTER VIEW v SET (check_option = 'cascaded')"],
  ['revoke', 'ALTER VIEW v SET (security_invoker = true)'],
  ['change-column-type', 'ALTER TYPE t ADD ATTRIBUTE a int CASCADE'],
  ['check-validates', 'ALTER DOMAIN d VALIDATE CONSTRAINT c'],
  ['drop-object', "CREATE SEQUENCE s; ALTER TABLE audit_log ADD a int DEFAULT nextval('s'); DROP SEQUENCE s CASCADE"],
  ['replace-routine', 'CREATE OR REPLACE AGGREGATE a (int) (SFUNC = f, STYPE = int)'],
  ['index-expression', "CREATE INDEX CONCURRENTLY i ON audit_log (path) WHERE (payload->>'n')::int > 3"],
  ['delete-rows', `${zap} CREATE CAST (int AS t) WITH FUNCTION zap(int)`],
  ['row-security', 'ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY'],
  ['create-trigger', 'ALTER TABLE audit_log ENABLE TRIGGER t'],
  ['cannot-follow', "COMMIT PREPARED 'x'"],
  ['cannot-follow', 'CREATE PUBLICATION p FOR ALL TABLES'],
  ['cannot-follow', 'CREATE CAST (text AS jsonb) WITH INOUT AS IMPLICIT'],
  ['cannot-follow', "SECURITY LABEL FOR anon ON COLUMN audit_log.path IS 'MASKED WITH VALUE NULL'"],
  ['cannot-follow', 'ALTER INDEX audit_log_pkey RENAME TO audit_log_key'],
])('%s: %s', (rule, sql) => {
  expect(rulesOf(lintSql(sql))).toContain(rule);
});

test.each([
  'CREATE TABLE x (); CREATE RULE r AS ON INSERT TO x DO ALSO DELETE FROM x',
  'CREATE FOREIGN TABLE f (a int) SERVER s; DROP FOREIGN TABLE f',
  'CREATE TABLE p PARTITION OF audit_log FOR VALUES IN (1)',
  'ALTER TABLE audit_log REPLICA IDENTITY FULL',
  'CREATE TYPE t AS (a int); ALTER TYPE t ADD ATTRIBUTE b int',
  'CREATE SEQUENCE s; DROP SEQUENCE s',
  'CREATE TEMP TABLE x (); SET search_path = pg_temp, public; DELETE FROM x',
  "ALTER TABLE audit_log ADD a timestamptz; ALTER TABLE audit_log ALTER a SET DEFAULT now() + interval '30 days'",
  'CREATE TABLE x (a int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE x',
  "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert')",
  'CREATE TYPE e AS ENUM (); CREATE CAST (e AS text) WITH INOUT AS ASSIGNMENT',
  "CREATE INDEX CONCURRENTLY i ON audit_log (path) WHERE status_code >= 500 AND method IN ('PUT', 'POST')",
  "CREATE INDEX CONCURRENTLY i ON audit_log (path) WHERE occurred_at > '2026-01-01'::timestamptz",
])('additive: %s', (sql) => {
  expect(rulesOf(lintSql(sql))).toEqual([]);
});
