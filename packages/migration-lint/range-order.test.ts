import { describe, expect, test } from 'vitest';
import { lintFile, type MigrationFile, prepareLint } from './lint.ts';
import { inOrder, RangeStates } from './range-order.ts';

await prepareLint();

const sql = (path: string, text: string): MigrationFile => ({ path, language: 'sql', text });
const revision = (name: string, down: string, body: string, more: Partial<MigrationFile> = {}): MigrationFile => ({
  path: `versions/${name}.py`,
  language: 'python',
  text: `from alembic import op\nimport sqlalchemy as sa\n\nrevision: str = "${name}"\ndown_revision = ${down}\n\n\ndef upgrade() -> None:\n    ${body}\n`,
  ...more,
});

/** By file, of the whole range. */
function rulesOf(files: readonly MigrationFile[], edited: readonly string[] = []): Record<string, string[]> {
  const states = new RangeStates(new Set(edited));
  const entries = inOrder(files).map((file) => {
    const before = states.before(file);
    const { findings } = lintFile(file, { allowUnjudged: false, assumeLockTimeout: true }, before);
    states.after(file, before);
    return [file.path, findings.map(({ rule }) => rule)] as const;
  });
  return Object.fromEntries(entries);
}

test('Alembic runs what a migration builds on before it, over branches and merges', () => {
  const files = [
    revision('a', '("b", "c")', 'pass'),
    revision('b', '"d"', 'pass'),
    revision('c', "'d'", 'pass'),
    revision('d', '"before the range"', 'pass'),
  ];
  expect(inOrder(files).map(({ path }) => path)).toEqual(['d', 'b', 'c', 'a'].map((name) => `versions/${name}.py`));
  expect(inOrder([sql('m/10.sql', ''), sql('m/9.sql', '')]).map(({ path }) => path)).toEqual(['m/9.sql', 'm/10.sql']);
  const round = [revision('a', '"b"', 'pass'), revision('b', '"a"', 'pass')];
  expect(inOrder(round), 'a circle ends').toHaveLength(2);
});

describe('what a migration makes is new in the next', () => {
  const make = 'CREATE TABLE fresh (id int, b text);';
  const drop = 'ALTER TABLE fresh DROP COLUMN b;';
  test('and in no other folder, nor before it', () => {
    expect(rulesOf([sql('m/1.sql', make), sql('m/2.sql', drop)])).toEqual({ 'm/1.sql': [], 'm/2.sql': [] });
    expect(rulesOf([sql('m/1.sql', make), sql('other/2.sql', drop)])['other/2.sql']).toEqual(['drop-column']);
    expect(rulesOf([sql('m/2.sql', make), sql('m/1.sql', drop)])['m/1.sql']).toEqual(['drop-column']);
  });
  test('but for what was there before the range and is only edited', () => {
    expect(rulesOf([sql('m/1.sql', make), sql('m/2.sql', drop)], ['m/1.sql'])['m/2.sql']).toEqual(['drop-column']);
  });
  test('in Alembic by its order, not by names', () => {
    const files = [
      revision('a', '"z"', 'op.drop_column("fresh", "b")'),
      revision('z', 'None', 'op.create_table("fresh", sa.Column("id", sa.Integer), sa.Column("b", sa.Text))'),
    ];
    expect(rulesOf(files)).toEqual({ 'versions/z.py': [], 'versions/a.py': [] });
  });
});

describe('a lock lasts until its transaction ends', () => {
  const files = (more: Partial<MigrationFile> = {}) => [
    revision('a', 'None', 'op.add_column("audit_log", sa.Column("note", sa.Text))', more),
    revision('b', '"a"', 'op.execute("CREATE TABLE copy AS SELECT * FROM audit_log")', more),
  ];
  test('over all migrations of Alembic by default', () => {
    expect(rulesOf(files())['versions/b.py']).toContain('backfill-under-lock');
  });
  test('over one where env.py says so, and over a file of SQL', () => {
    const each = { environment: { driver: 'psycopg', transactionPerMigration: true } } as const;
    expect(rulesOf(files(each))['versions/b.py']).not.toContain('backfill-under-lock');
    const inSql = [
      sql('1.sql', 'ALTER TABLE audit_log ADD COLUMN note text;'),
      sql('2.sql', 'CREATE TABLE copy AS SELECT * FROM audit_log;'),
    ];
    expect(rulesOf(inSql)['2.sql']).not.toContain('backfill-under-lock');
  });
});
