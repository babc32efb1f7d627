import { describe, expect, test } from 'vitest';
import { lintSql, rulesOf } from '../testing/lint-text.ts';

const block = (body: string, declare = '') => `DO $do$ ${declare} BEGIN ${body} END $do$;`;
const zap = "CREATE FUNCTION zap() RETURNS int LANGUAGE sql AS 'DELETE FROM audit_log; SELECT 1';";
const harmlessText = "s text := 'SELECT 1';";
const dropText = "s text := 'DROP TABLE audit_log';";

describe('what a variable holds is no longer known', () => {
  test.each([
    ['behind a loop that may not run', `DECLARE ${dropText}`, "WHILE false LOOP s := 'SELECT 1'; END LOOP; EXECUTE s;"],
    ['behind a counted loop', `DECLARE ${dropText}`, "FOR i IN 1..0 LOOP s := 'SELECT 1'; END LOOP; EXECUTE s;"],
    [
      'behind a loop over rows',
      `DECLARE ${dropText} r record;`,
      "FOR r IN SELECT 1 FROM x LOOP s := 'SELECT 1'; END LOOP; EXECUTE s;",
    ],
    [
      'behind a loop that is left early',
      `DECLARE ${dropText} x text;`,
      "FOREACH x IN ARRAY ARRAY['a'] LOOP EXIT; s := 'SELECT 1'; END LOOP; EXECUTE s;",
    ],
    [
      'in the next round of a loop with CONTINUE',
      `DECLARE ${dropText} x text;`,
      "FOREACH x IN ARRAY ARRAY['a', 'b'] LOOP CONTINUE WHEN x = 'b'; s := 'SELECT 1'; END LOOP; EXECUTE s;",
    ],
    ['behind a block that is left', `DECLARE ${dropText}`, "<<b>> BEGIN EXIT b; s := 'SELECT 1'; END; EXECUTE s;"],
    [
      'where another block has a variable of that name',
      `DECLARE ${dropText}`,
      "DECLARE s text; BEGIN s := 'SELECT 1'; END; EXECUTE s;",
    ],
    ['assigned by its label', `<<b>> DECLARE ${harmlessText}`, "b.s := 'DROP TABLE audit_log'; EXECUTE s;"],
    ['assigned by another name', `DECLARE ${harmlessText} a ALIAS FOR s;`, "a := 'DROP TABLE audit_log'; EXECUTE s;"],
    ['assigned by a name outside of ASCII', `DECLARE ${harmlessText} "ä" text;`, 'ä := s; EXECUTE s;'],
    [
      'read from the diagnostics',
      `DECLARE ${harmlessText}`,
      "BEGIN RAISE 'DROP TABLE audit_log'; EXCEPTION WHEN others THEN GET STACKED DIAGNOSTICS s = MESSAGE_TEXT; END; EXECUTE s;",
    ],
    [
      'assigned by a handler',
      `DECLARE ${harmlessText}`,
      "BEGIN NULL; EXCEPTION WHEN others THEN s := 'DROP TABLE audit_log'; END; EXECUTE s;",
    ],
    ['given to a procedure', `DECLARE ${harmlessText}`, 'CALL change(s); EXECUTE s;'],
    [
      'computed from what has changed since',
      `DECLARE ${harmlessText}`,
      "s := 'DROP TABLE audit_log'; DECLARE t text := s; BEGIN EXECUTE t; END;",
    ],
    [
      'a field of a record that was assigned',
      'DECLARE r record;',
      "FOR r IN SELECT unnest(ARRAY['SELECT 1']) AS s LOOP NULL; END LOOP; r.s := 'DROP TABLE audit_log'; EXECUTE r.s;",
    ],
    [
      'a field of a record that was read anew',
      'DECLARE r record;',
      "FOR r IN SELECT unnest(ARRAY['SELECT 1']) AS s LOOP NULL; END LOOP; SELECT * INTO r FROM x; EXECUTE r.s;",
    ],
  ])('%s', (_, declare, body) => {
    expect(rulesOf(lintSql(block(body, declare)))).toContain('cannot-follow');
  });

  test('but is, whatever the case of its letters', () => {
    expect(rulesOf(lintSql(block("S := 'DROP TABLE audit_log'; EXECUTE s;", `DECLARE ${harmlessText}`)))).toEqual([
      'drop-table',
    ]);
  });
  test('of two loops on one line each has its variable', () => {
    const loops =
      "FOREACH a IN ARRAY ARRAY['path'] LOOP NULL; END LOOP; FOREACH b IN ARRAY ARRAY['payload'] LOOP EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || b; END LOOP;";
    expect(lintSql(block(loops, 'DECLARE a text; b text;')).findings.map(({ message }) => message)).toEqual([
      'drops column audit_log.payload',
    ]);
  });
});

test.each([
  ["RAISE NOTICE '%', zap();", ''],
  ['RAISE EXCEPTION USING MESSAGE = zap();', ''],
  ["EXECUTE 'SELECT $1' USING zap();", ''],
  ['FOREACH i IN ARRAY ARRAY[zap()] LOOP NULL; END LOOP;', 'DECLARE i int;'],
  ['NULL;', 'DECLARE i int := zap();'],
  ['OPEN c;', 'DECLARE c CURSOR FOR SELECT zap();'],
  ['FOR r IN c(zap()) LOOP NULL; END LOOP;', 'DECLARE c CURSOR (i int) FOR SELECT i;'],
  ['a[1] := zap();', 'DECLARE a int[];'],
])('calls are followed wherever they stand: %s %s', (body, declare) => {
  expect(rulesOf(lintSql(`${zap} ${block(body, declare)}`))).toEqual(['delete-rows']);
});

describe('what is made behind a way out is not surely made', () => {
  const leave = "IF EXISTS (SELECT FROM pg_class WHERE relname = 'x') THEN RETURN; END IF;";
  test.each([
    [`${leave} CREATE TABLE x ();`, ''],
    [`BEGIN ${leave} END; CREATE TABLE x ();`, ''],
    ['<<b>> BEGIN EXIT b; CREATE TABLE x (); END;', ''],
    ["FOREACH i IN ARRAY ARRAY['a'] LOOP EXIT; CREATE TABLE x (); END LOOP;", 'DECLARE i text;'],
  ])('%s', (body, declare) => {
    expect(rulesOf(lintSql(`${block(body, declare)} DROP TABLE x;`))).toEqual(['drop-table']);
  });
  test('but behind a loop that is only left itself it is', () => {
    expect(rulesOf(lintSql(`${block('LOOP EXIT; END LOOP; CREATE TABLE x ();')} DROP TABLE x;`))).toEqual([]);
  });
});
