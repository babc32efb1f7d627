import { describe, expect, test } from 'vitest';
import type { Driver } from '../environment.ts';
import { lintUpgrade, rulesOf } from '../testing/lint-text.ts';

describe('a statement stays a statement', () => {
  test.each([
    ['op.execute(sa.text("DROP TABLE audit_log").execution_options(autocommit=True))', 'drop-table'],
    ['op.execute(sa.DDL("DROP TABLE audit_log").execution_options(autocommit=True))', 'drop-table'],
    ['op.execute(sa.delete(sa.table("audit_log")).execution_options(synchronize_session=False))', 'delete-rows'],
    ['op.get_bind().execute(sa.table("audit_log").delete().execution_options(x=1))', 'delete-rows'],
    ['op.execute(sa.update(sa.table("audit_log")).values(path="x").execution_options(x=1))', 'update-rows'],
    ['op.execute(sa.text("DROP TABLE audit_log").bindparams(a=1).execution_options(x=1))', 'drop-table'],
  ])('%s', (body, rule) => {
    expect(rulesOf(lintUpgrade(body))).toEqual([rule]);
  });
  test('and a connection a connection', () => {
    const body =
      'op.get_bind().execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("DROP TABLE audit_log"))';
    expect(rulesOf(lintUpgrade(body))).toEqual(['drop-table']);
  });
});

describe('the places of values are no errors', () => {
  test.each([
    'sa.text("DELETE FROM audit_log WHERE id IN :ids").bindparams(sa.bindparam("ids", expanding=True))',
    'sa.text("DELETE FROM audit_log WHERE id NOT IN :a")',
    'sa.text("DELETE FROM audit_log WHERE id = ANY(ARRAY[:a, :b])")',
    'sa.text("DELETE FROM audit_log WHERE path = path||:n")',
    'sa.text("DELETE FROM audit_log WHERE path = :a||:b AND n>:c AND n+:d=1")',
    'sa.text("DELETE FROM audit_log WHERE payload @> :filter AND at < now() - INTERVAL :age")',
    '"DELETE FROM audit_log WHERE id IN %s"',
    '"DELETE FROM audit_log WHERE id IN %(ids)s AND path = %(path)s"',
    'sa.text("DELETE FROM audit_log WHERE note = \':x\' AND id IN :ids")',
  ])('%s', (sql) => {
    expect(rulesOf(lintUpgrade(`op.get_bind().execute(${sql})`))).toEqual(['delete-rows']);
  });
  test('a list put in as text is not known, the statement around it is', () => {
    const body =
      'ids = ",".join(str(row.id) for row in input())\nop.execute(f"DELETE FROM audit_log WHERE id IN {ids}")';
    expect(rulesOf(lintUpgrade(body))).toEqual(['cannot-follow', 'delete-rows']);
  });
  test('a finding behind them is where it is', () => {
    const body = 'op.get_bind().execute(sa.text("DELETE FROM kept WHERE id IN :ids AND x = :x; DROP TABLE audit_log"))';
    const { findings } = lintUpgrade(body);
    expect(findings.map(({ rule, column }) => [rule, column])).toEqual([
      ['several-statements', 5],
      ['delete-rows', 48],
      ['drop-table', 82],
    ]);
  });
});

describe('values and conditions are shown as they are, or as unknown', () => {
  test.each([
    ['op.execute(sa.delete(t).where(t.c.path == "a"))', 'DELETE FROM "audit_log" WHERE <unknown>'],
    ['op.execute(sa.delete(t))', 'DELETE FROM "audit_log"'],
    ['op.execute(sa.update(t).values(path=t.c.route))', 'UPDATE "audit_log" SET "path" = <unknown>'],
    ['op.execute(sa.update(t).values(path="a", route=None))', `UPDATE "audit_log" SET "path" = 'a', "route" = NULL`],
  ])('%s', (body, statement) => {
    const { findings } = lintUpgrade(`t = sa.table("audit_log")\n${body}`);
    expect(findings.map((finding) => finding.statement)).toEqual([statement]);
  });
});

describe('several statements in one call', () => {
  const body = 'op.execute("SELECT 1; SELECT 2")';
  const asyncpg = { driver: 'asyncpg' } as const;
  test.each([
    ['where env.py says nothing', undefined, ['warning']],
    ['for asyncpg', asyncpg, ['error']],
    ['for a driver that takes them', { ...asyncpg, driver: 'psycopg' } as const, []],
  ])('%s', (_, environment, severities) => {
    const { findings } = lintUpgrade(body, {}, '', environment);
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual(
      severities.map((severity) => ['several-statements', severity]),
    );
  });
  test.each([
    'op.execute("SELECT 1;")',
    'op.execute("SELECT 1; -- and no more")',
    'op.execute("SELECT 1")\nop.execute("SELECT 2")',
    'op.execute("DO $$ BEGIN PERFORM 1; PERFORM 2; END $$")',
    `op.execute("SELECT ';'")`,
  ])('one is one: %s', (one) => {
    expect(rulesOf(lintUpgrade(one, {}, '', asyncpg))).toEqual([]);
  });
  test.each([
    'op.get_bind().execute(sa.text("SELECT 1; SELECT 2"))',
    'op.get_bind().exec_driver_sql("SELECT 1; selec 2")',
  ])('however they are sent: %s', (several) => {
    expect(rulesOf(lintUpgrade(several, {}, '', asyncpg))).toContain('several-statements');
  });
});

describe('a new value of an enum', () => {
  const add = `op.execute("ALTER TYPE state ADD VALUE 'held'")`;
  test.each([
    'op.add_column("audit_log", sa.Column("s", sa.Enum(name="state"), server_default="held"))',
    'op.execute(sa.update(sa.table("other")).values(s="held"))',
    'op.bulk_insert(sa.table("other"), [{"s": "open"}, {"s": "held"}])',
    'op.execute(sa.insert(sa.table("other")).values(s="held"))',
    'op.create_index("i", "n", ["k"], postgresql_where=sa.text("s = \'held\'"), postgresql_concurrently=True)',
  ])('used at once: %s', (use) => {
    expect(rulesOf(lintUpgrade(`${add}\n${use}`))).toContain('enum-value-uncommitted');
    expect(rulesOf(lintUpgrade(`with op.get_context().autocommit_block():\n    ${add}\n${use}`))).not.toContain(
      'enum-value-uncommitted',
    );
  });
});

test('an override at one call of a helper does not allow the others', () => {
  const helper = 'def set_path(value):\n    op.execute(f"UPDATE audit_log SET path = \'{value}\'")\n';
  const allowed = '# meho: allow update-rows because they are known\nset_path("x")';
  expect(rulesOf(lintUpgrade(allowed, {}, helper))).toEqual([]);
  for (const body of [`set_path("y")\n${allowed}`, `${allowed}\nset_path("y")`]) {
    const { findings } = lintUpgrade(body, {}, helper);
    expect(findings.map(({ override, statement }) => [override, statement])).toEqual([
      [undefined, "UPDATE audit_log SET path = 'y'"],
    ]);
  }
});

describe('a value that is bound is a use of the enum that has just got it', () => {
  const add = 'op.execute("ALTER TYPE state ADD VALUE \'held\'")';
  const uses = [
    'op.execute(sa.text("INSERT INTO kept (state) VALUES (:s)").bindparams(s="held"))',
    'op.execute(sa.text("INSERT INTO kept (state) VALUES (:s)").bindparams(sa.bindparam("s", "held")))',
    'op.get_bind().execute(sa.text("INSERT INTO kept (state) VALUES (:s)"), {"s": "held"})',
    'op.get_bind().execute(sa.text("INSERT INTO kept (state) VALUES (:s)"), [{"s": "open"}, {"s": "held"}])',
    'op.get_bind().exec_driver_sql("INSERT INTO kept (state) VALUES (%s)", ("held",))',
  ];
  test.each(uses)('%s', (use) => {
    expect(rulesOf(lintUpgrade(`${add}\n${use}`))).toEqual(['add-enum-value', 'enum-value-uncommitted']);
    expect(rulesOf(lintUpgrade(`${add}\n${use.replaceAll('"held"', '"open"')}`))).toEqual(['add-enum-value']);
    const committed = `with op.get_context().autocommit_block():\n    ${add}\n${use}`;
    expect(rulesOf(lintUpgrade(committed))).toEqual(['add-enum-value']);
  });
});

describe('the type that is there is the same under another of its names', () => {
  test.each([
    ['sa.String(20)', 'sa.String(length=20)'],
    ['sa.String(20)', 'sa.VARCHAR(20)'],
    ['sa.Text()', 'sa.TEXT'],
    ['sa.Numeric(10, 2)', 'sa.NUMERIC(precision=10, scale=2)'],
    ['sa.DateTime(timezone=True)', 'postgresql.TIMESTAMP(timezone=True)'],
    ['sa.DateTime()', 'postgresql.TIMESTAMP(timezone=False)'],
  ])('%s and %s', (one, other) => {
    const change = `op.alter_column("audit_log", "path", type_=${one}, existing_type=${other})`;
    expect(rulesOf(lintUpgrade(change))).toEqual([]);
  });
  test.each([
    ['sa.String(20)', 'sa.VARCHAR(10)'],
    ['sa.String(20)', 'sa.String()'],
    ['sa.String(20, collation="C")', 'sa.VARCHAR(20)'],
    ['sa.Text()', 'sa.String()'],
    ['sa.Numeric(10, 2)', 'sa.NUMERIC(10)'],
    ['sa.DateTime(timezone=True)', 'postgresql.TIMESTAMP()'],
    ['sa.String(input())', 'sa.VARCHAR(input())'],
    ['postgresql.TIMESTAMP(precision=3)', 'sa.DateTime()'],
  ])('not %s and %s', (one, other) => {
    const change = `op.alter_column("audit_log", "path", type_=${one}, existing_type=${other})`;
    expect(rulesOf(lintUpgrade(change))).toContain('change-column-type');
  });
});

test('an index over what SQLAlchemy computes is over an expression', () => {
  const index = (item: string) =>
    `with op.get_context().autocommit_block():\n    op.create_index("i", "audit_log", [${item}], postgresql_concurrently=True)`;
  expect(rulesOf(lintUpgrade(index('sa.column("a") / sa.column("b")')))).toEqual(['cannot-follow']);
  expect(rulesOf(lintUpgrade(index('1 / sa.column("b")')))).toEqual(['cannot-follow']);
  expect(rulesOf(lintUpgrade(index('sa.column("b")')))).toEqual([]);
});

describe('after a COMMIT that the migration writes: psycopg begins anew, psycopg2 and asyncpg do not', () => {
  const add = 'op.execute("ALTER TYPE state ADD VALUE \'held\'")';
  const use = 'op.execute("INSERT INTO audit_log (state) VALUES (\'held\')")';
  const commit = 'op.execute("COMMIT")';
  const index = 'op.execute("CREATE INDEX CONCURRENTLY i ON audit_log (path)")';
  test.each<[string, readonly string[], readonly string[], readonly string[], readonly string[]]>([
    ['a new enum value and its use', [commit, add, use], ['enum-value-uncommitted'], [], ['enum-value-uncommitted']],
    ['a COMMIT before the use', [add, commit, use], [], [], []],
    [
      'a BEGIN as well',
      [commit, add, 'op.execute("BEGIN")', use],
      ['enum-value-uncommitted'],
      [],
      ['enum-value-uncommitted'],
    ],
    ['CONCURRENTLY', [commit, index], ['concurrently-in-transaction'], [], []],
    [
      'by the connection',
      ['op.get_bind().exec_driver_sql("COMMIT")', add, use],
      ['enum-value-uncommitted'],
      [],
      ['enum-value-uncommitted'],
    ],
    [
      'within an autocommit block',
      ['with op.get_context().autocommit_block():', `    ${commit}`, `    ${add}`, `    ${use}`],
      [],
      [],
      [],
    ],
  ])('%s', (_, lines, psycopg, others, unknown) => {
    const rules = (driver: Driver | undefined) =>
      rulesOf(lintUpgrade(lines.join('\n'), {}, '', { driver })).filter((rule) => rule !== 'add-enum-value');
    expect(rules('psycopg')).toEqual(psycopg);
    expect(rules('psycopg2')).toEqual(others);
    expect(rules('asyncpg')).toEqual(others);
    expect(rules(undefined)).toEqual(unknown);
  });
});
