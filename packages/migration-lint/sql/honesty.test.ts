import { describe, expect, test, vi } from 'vitest';
import { lintSql, rulesOf } from '../testing/lint-text.ts';
import { parseSql } from './syntax/parser.ts';

// Seconds now, once minutes; more on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

describe('what Postgres does not accept', () => {
  test('is reported at its place, and the rest is judged', () => {
    const { findings } = lintSql('SELECT 1;\nselec 2;\nDROP TABLE audit_log;\nALTER TABLE a RENAME b;');
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['cannot-parse', 2],
      ['drop-table', 3],
      ['cannot-parse', 4],
    ]);
  });
  test.each(['\\i other.sql', "SELECT 'unterminated", 'DO $$ BEGIN', 'CREATE TABLE x (', 'DROP TABLE "x'])(
    '%s',
    (sql) => {
      expect(rulesOf(lintSql(sql))).toContain('cannot-parse');
    },
  );
  test('a NUL character hides nothing', () => {
    expect(rulesOf(lintSql('SELECT 1;\0 DROP TABLE audit_log'))).toEqual(['cannot-parse', 'drop-table']);
  });
});

test('a statement that no rule knows is reported', () => {
  expect(rulesOf(lintSql('ALTER EXTENSION vector UPDATE'))).toEqual(['cannot-follow']);
  expect(rulesOf(lintSql("LOAD 'auto_explain'"))).toEqual(['cannot-follow']);
});

test('an empty text has no statements', () => {
  for (const sql of ['', ' \n ', '-- only words', ';;']) {
    expect(lintSql(sql).findings).toEqual([]);
  }
});

test('positions count characters, not bytes', () => {
  const sql = '-- Prüfung 🙂 ÄÖÜ\nSELECT \'ü🙂\'; DROP TABLE audit_log;\nDROP TABLE "ä"';
  expect(lintSql(sql).findings.map(({ line, column }) => [line, column])).toEqual([
    [2, 15],
    [3, 1],
  ]);
  const { statements } = parseSql(sql);
  expect(statements.map(({ start, end }) => sql.slice(start, end))).toEqual([
    "SELECT 'ü🙂'",
    'DROP TABLE audit_log',
    'DROP TABLE "ä"',
  ]);
});

describe('what would take for ever', () => {
  test('a function that calls itself, twice', () => {
    const body = 'PERFORM f(); PERFORM f(); DELETE FROM audit_log;';
    const sql = `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${body} END $$; SELECT f();`;
    expect(rulesOf(lintSql(sql))).toEqual(['delete-rows']);
  });
  test('a function that calls itself is judged for what it may be called with, too', () => {
    const body = "IF n > 3 THEN EXECUTE 'DROP TABLE t' || n; END IF; PERFORM f(n + 1);";
    const sql = `CREATE FUNCTION f(n int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN ${body} END $$; SELECT f(0);`;
    expect(rulesOf(lintSql(sql))).toEqual(['cannot-follow', 'drop-table']);
  });
  test('a chain of functions longer than is followed', () => {
    const chain = Array.from(
      { length: 60 },
      (_, index) =>
        `CREATE FUNCTION f${index}() RETURNS void LANGUAGE sql AS $$ ${index === 0 ? 'DROP TABLE audit_log' : `SELECT f${index - 1}()`} $$;`,
    );
    expect(rulesOf(lintSql(`${chain.join('\n')} SELECT f59();`))).toEqual(['budget-exhausted']);
  });
  test('a dump with a line that is not SQL', () => {
    const sql = `\\connect x;\n${"INSERT INTO audit_log (path) VALUES ('ü');\n".repeat(20_000)}DROP TABLE audit_log;`;
    expect(lintSql(sql).findings.map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ['cannot-parse', 1, 1],
      ['drop-table', 20_002, 1],
    ]);
  });
});

test('search_path decides which table a name means', () => {
  expect(
    rulesOf(
      lintSql('SET search_path = scratch; CREATE TABLE audit_log (); SET search_path = public; DROP TABLE audit_log'),
    ),
  ).toEqual(['drop-table']);
  expect(
    rulesOf(lintSql('SET search_path = scratch; CREATE TABLE audit_log (); DROP TABLE scratch.audit_log')),
  ).toEqual([]);
});

test('what is rolled back was never made', () => {
  expect(rulesOf(lintSql('BEGIN; CREATE TABLE audit_log (); ROLLBACK; DROP TABLE audit_log'))).toEqual(['drop-table']);
});

describe('what looks harmless at first', () => {
  const zap =
    "CREATE FUNCTION zap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DROP TABLE audit_log; RETURN NEW; END';";
  test.each([
    [
      'a trigger of a new table',
      `${zap} CREATE TABLE x (a int); CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW EXECUTE FUNCTION zap(); INSERT INTO x VALUES (1)`,
      'drop-table',
    ],
    [
      'a default of a new table',
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'DELETE FROM audit_log RETURNING 1'; CREATE TABLE x (a int DEFAULT f()); INSERT INTO x DEFAULT VALUES",
      'delete-rows',
    ],
    ['the version that readiness reads', "INSERT INTO alembic_version VALUES ('0009')", 'update-rows'],
    ['sleeping with a lock', 'ALTER TABLE audit_log ADD a int; SELECT pg_sleep(60)', 'backfill-under-lock'],
    [
      'a default that needs a setting',
      "SET app.tenant = 'x'; ALTER TABLE audit_log ADD a text DEFAULT current_setting('app.tenant')",
      'tighten-constraint',
    ],
    ['a type that may refuse NULL', 'ALTER TABLE audit_log ADD a project.region', 'cannot-follow'],
    [
      'literals that are read otherwise',
      "SET standard_conforming_strings = off; SELECT '\\'' ; DROP TABLE audit_log; --'",
      'cannot-follow',
    ],
  ])('%s', (_, sql, rule) => {
    expect(rulesOf(lintSql(sql))).toContain(rule);
  });
});
