import type { Cases } from '../../testing/cases.ts';
import type { additiveRules } from '../additive.ts';

/** What becomes of rows, of who may do what with them, and of what computes them. */
export const rowsAndRights = {
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
    green: ['CREATE TABLE x (); ALTER TABLE x ENABLE ROW LEVEL SECURITY', 'CREATE POLICY p ON audit_log USING (true)'],
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
} as const satisfies Partial<Cases<keyof typeof additiveRules>>;
