import { describe, expect, test } from 'vitest';
import { lintSql, rulesOf } from '../testing/lint-text.ts';

const block = (body: string, declare = '') =>
  `DO $do$\n${declare === '' ? '' : `DECLARE ${declare}\n`}BEGIN\n${body}\nEND $do$;`;

describe('code that drops a column', () => {
  const red: readonly (readonly [string, string])[] = [
    ['ALTER TABLE audit_log DROP COLUMN payload;', ''],
    ["EXECUTE 'ALTER TABLE audit_log DROP COLUMN payload';", ''],
    ["EXECUTE 'ALTER TABLE audit_log ' || 'DROP COLUMN payload';", ''],
    ["EXECUTE format('ALTER TABLE %I DROP COLUMN %I', 'audit_log', 'payload');", ''],
    ["EXECUTE format('ALTER TABLE %2$I DROP COLUMN %1$s', 'payload', 'audit_log');", ''],
    ["EXECUTE concat('ALTER TABLE audit_log ', 'DROP COLUMN payload');", ''],
    ['EXECUTE statement;', "statement text := 'ALTER TABLE audit_log DROP COLUMN payload';"],
    [
      "statement := 'ALTER TABLE audit_log '; statement := statement || 'DROP COLUMN payload'; EXECUTE statement;",
      'statement text;',
    ],
    ["SELECT 'ALTER TABLE audit_log DROP COLUMN payload' INTO statement; EXECUTE statement;", 'statement text;'],
    [
      "FOREACH name IN ARRAY ARRAY['payload'] LOOP EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || name; END LOOP;",
      'name text;',
    ],
    [
      "FOR r IN SELECT unnest(ARRAY['payload']) AS name LOOP EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || r.name; END LOOP;",
      'r record;',
    ],
    [
      "FOR r IN SELECT * FROM (VALUES ('payload')) AS v (name) LOOP EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || r.name; END LOOP;",
      'r record;',
    ],
    ['IF random() > 2 THEN ALTER TABLE audit_log DROP COLUMN payload; END IF;', ''],
    ['IF true THEN NULL; ELSIF false THEN NULL; ELSE ALTER TABLE audit_log DROP COLUMN payload; END IF;', ''],
    ['CASE 1 WHEN 1 THEN ALTER TABLE audit_log DROP COLUMN payload; ELSE NULL; END CASE;', ''],
    ['BEGIN ALTER TABLE audit_log DROP COLUMN payload; EXCEPTION WHEN others THEN NULL; END;', ''],
    ['BEGIN NULL; EXCEPTION WHEN others THEN ALTER TABLE audit_log DROP COLUMN payload; END;', ''],
    ['LOOP ALTER TABLE audit_log DROP COLUMN payload; EXIT; END LOOP;', ''],
    ['WHILE true LOOP ALTER TABLE audit_log DROP COLUMN payload; END LOOP;', ''],
    ['FOR i IN 1..2 LOOP ALTER TABLE audit_log DROP COLUMN payload; END LOOP;', ''],
    ["EXECUTE 'DO $x$ BEGIN ALTER TABLE audit_log DROP COLUMN payload; END $x$';", ''],
  ];
  test.each(red)('red: %s %s', (body, declare) => {
    expect(rulesOf(lintSql(block(body, declare)))).toEqual(['drop-column']);
  });
});

describe('functions', () => {
  const zap =
    "CREATE FUNCTION zap(name text) RETURNS void LANGUAGE plpgsql AS $f$ BEGIN EXECUTE 'ALTER TABLE audit_log DROP COLUMN ' || name; END $f$;";
  test.each([
    `${zap} SELECT zap('payload');`,
    `${zap} ${block("PERFORM zap('payload');")}`,
    `${zap} INSERT INTO x SELECT zap('payload');`,
    'CREATE PROCEDURE zap() LANGUAGE sql AS $f$ ALTER TABLE audit_log DROP COLUMN payload $f$; CALL zap();',
    "CREATE FUNCTION a() RETURNS void LANGUAGE sql AS 'ALTER TABLE audit_log DROP COLUMN payload'; CREATE FUNCTION b() RETURNS void LANGUAGE sql AS 'SELECT a()'; SELECT b();",
  ])('are followed where they are called: %s', (sql) => {
    expect(rulesOf(lintSql(sql))).toEqual(['drop-column']);
  });
  test('are not judged where they are only made', () => {
    expect(rulesOf(lintSql(zap))).toEqual([]);
  });
  test('BEGIN ATOMIC', () => {
    expect(
      rulesOf(lintSql('CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM audit_log; END; SELECT f();')),
    ).toEqual(['delete-rows']);
  });
  test('that call themselves end', () => {
    expect(rulesOf(lintSql("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT f()'; SELECT f();"))).toEqual([]);
  });
  test('from elsewhere cannot be followed', () => {
    expect(rulesOf(lintSql('SELECT other()'))).toEqual(['cannot-follow']);
    expect(rulesOf(lintSql('SELECT now(), count(*) FROM audit_log'))).toEqual([]);
  });
});

describe('what cannot be followed', () => {
  test.each([
    ['EXECUTE (SELECT statement FROM x LIMIT 1);', ''],
    [
      'FOR r IN SELECT tablename FROM pg_tables LOOP EXECUTE format($$DROP TABLE %I$$, r.tablename); END LOOP;',
      'r record;',
    ],
    [
      "IF random() > 1 THEN statement := 'SELECT 1'; ELSE statement := 'SELECT 2'; END IF; EXECUTE statement;",
      'statement text;',
    ],
  ])('%s', (body, declare) => {
    expect(rulesOf(lintSql(block(body, declare)))).toContain('cannot-follow');
  });
  test('the gap is named and the rest judged', () => {
    const { findings } = lintSql(
      block(
        'FOR r IN SELECT tablename FROM pg_tables LOOP EXECUTE format($$DROP TABLE %I$$, r.tablename); END LOOP;',
        'r record;',
      ),
    );
    expect(findings.map(({ message }) => message)).toContain('drops table <unknown>');
  });
  test('other languages', () => {
    expect(rulesOf(lintSql("DO LANGUAGE plpython3u $$ plpy.execute('x') $$"))).toEqual(['cannot-follow']);
  });
  test('code that the parser refuses is still searched for statements', () => {
    expect(rulesOf(lintSql(block('ALTER TABLE audit_log DROP COLUMN payload; foo bar baz;')))).toEqual([
      'cannot-parse',
      'drop-column',
    ]);
  });
});

test('what a branch makes does not count behind it', () => {
  expect(
    rulesOf(lintSql(block('IF random() > 1 THEN CREATE TABLE audit_log (); END IF; DROP TABLE audit_log;'))),
  ).toEqual(['drop-table']);
  expect(rulesOf(lintSql(block('CREATE TABLE x (); IF random() > 1 THEN DROP TABLE x; END IF;')))).toEqual([]);
});

test('a finding stands at its own line', () => {
  const { findings } = lintSql(
    "SELECT 1;\nDO $$\nBEGIN\n  ALTER TABLE audit_log DROP COLUMN path;\n    EXECUTE 'DROP TABLE audit_log';\nEND $$;",
  );
  expect(findings.map(({ line, column }) => [line, column])).toEqual([
    [4, 3],
    [5, 13],
  ]);
});
