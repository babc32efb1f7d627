import { describe, expect, test } from 'vitest';
import { lintSql, rulesOf } from '../../testing/lint-text.ts';

describe('which table a name means', () => {
  test.each([
    'BEGIN; SET LOCAL search_path = scratch; CREATE TABLE audit_log (); COMMIT; DROP TABLE audit_log',
    'SET search_path = scratch; CREATE TABLE audit_log (); DISCARD ALL; DROP TABLE audit_log',
    "BEGIN; SELECT set_config('search_path', 'scratch', true); CREATE TABLE audit_log (); COMMIT; DROP TABLE audit_log",
    'SET search_path = scratch; CREATE TABLE audit_log (); SET search_path = public; BEGIN; SET search_path = scratch; ROLLBACK; DROP TABLE audit_log',
    'CREATE TEMP TABLE audit_log (); DISCARD TEMP; DROP TABLE audit_log',
    'BEGIN; CREATE TEMP TABLE audit_log () ON COMMIT DROP; COMMIT; DROP TABLE audit_log',
    'BEGIN; CREATE TEMP TABLE audit_log ON COMMIT DROP AS SELECT 1; COMMIT; DROP TABLE audit_log',
    "BEGIN; CREATE TABLE x (); PREPARE TRANSACTION 'p'; DROP TABLE x",
  ])('an existing one: %s', (sql) => {
    expect(rulesOf(lintSql(sql))).toEqual(['drop-table']);
  });
  test.each([
    'BEGIN; SET LOCAL search_path = scratch; CREATE TABLE x (); DROP TABLE x; COMMIT',
    'BEGIN; SET search_path = scratch; CREATE TABLE x (); COMMIT; DROP TABLE x',
    'BEGIN; CREATE TEMP TABLE x () ON COMMIT DROP; DELETE FROM x; COMMIT',
    'CREATE TEMP TABLE x (); COMMIT; DROP TABLE x',
    'BEGIN; CREATE TABLE x (); SAVEPOINT s; RELEASE s; DROP TABLE x; COMMIT',
  ])('a new one: %s', (sql) => {
    expect(rulesOf(lintSql(sql))).toEqual([]);
  });
  test('not after going back to a savepoint, which does not end the transaction', () => {
    const sql = 'BEGIN; SAVEPOINT s; CREATE TABLE x (); ROLLBACK TO s; DROP TABLE x; REINDEX TABLE CONCURRENTLY y;';
    expect(rulesOf(lintSql(`${sql} CREATE INDEX CONCURRENTLY i ON y (a)`))).toEqual([
      'concurrently-in-transaction',
      'drop-table',
    ]);
  });
});

test('lock_timeout that was set locally ends with the transaction', () => {
  const strict = { assumeLockTimeout: false };
  const alter = 'ALTER TABLE audit_log ADD a int;';
  expect(rulesOf(lintSql(`BEGIN; SET LOCAL lock_timeout = '5s'; ${alter} COMMIT;`, strict))).toEqual([]);
  expect(rulesOf(lintSql(`BEGIN; SET LOCAL lock_timeout = '5s'; COMMIT; ${alter}`, strict))).toEqual([
    'lock-without-timeout',
  ]);
});
