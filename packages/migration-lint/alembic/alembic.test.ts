import { describe, expect, test } from 'vitest';
import { lintPython, lintUpgrade, rulesOf } from '../testing/lint-text.ts';

const drop = 'op.drop_column("audit_log", "payload")';

describe('operations', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['op.add_column("audit_log", sa.Column("a", sa.Text()))', []],
    ['op.add_column("audit_log", sa.Column("a", sa.Text(), nullable=True, server_default="x"))', []],
    ['op.add_column("audit_log", sa.Column("a", postgresql.JSONB(), server_default=sa.text("\'{}\'::jsonb")))', []],
    [
      'op.add_column("audit_log", sa.Column("a", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))',
      [],
    ],
    ['op.add_column("audit_log", sa.Column("a", sa.Text(), nullable=False))', ['add-required-column']],
    [
      'op.add_column("audit_log", sa.Column("a", sa.Uuid(), server_default=sa.func.gen_random_uuid()))',
      ['column-rewrites-table'],
    ],
    ['op.add_column("audit_log", sa.Column("a", sa.Text(), index=True))', ['index-not-concurrent']],
    ['op.add_column("audit_log", sa.Column("a", sa.Integer(), sa.Identity()))', ['column-rewrites-table']],
    [
      'op.add_column("audit_log", sa.Column("a", sa.Integer(), sa.ForeignKey("tenant.id")))',
      ['foreign-key-validates', 'references-existing-table'],
    ],
    [drop, ['drop-column']],
    ['op.drop_table("audit_log")', ['drop-table']],
    ['op.drop_index("i", table_name="audit_log")', ['drop-index']],
    ['op.drop_constraint("c", "audit_log", type_="unique")', ['drop-constraint']],
    ['op.rename_table("audit_log", "audit")', ['rename-table']],
    ['op.alter_column("audit_log", "path", new_column_name="route")', ['rename-column']],
    ['op.alter_column("audit_log", "path", type_=sa.String(10), existing_type=sa.Text())', ['change-column-type']],
    ['op.alter_column("audit_log", "tenant_id", nullable=False)', ['set-not-null']],
    ['op.alter_column("audit_log", "tenant_id", nullable=True)', ['drop-not-null']],
    ['op.alter_column("audit_log", "payload", server_default=None)', ['drop-default']],
    ['op.alter_column("audit_log", "payload", comment="text")', []],
    ['op.create_index("i", "audit_log", ["path"])', ['index-not-concurrent']],
    ['op.create_unique_constraint("u", "audit_log", ["path"])', ['tighten-constraint', 'unique-builds-index']],
    ['op.create_check_constraint("c", "audit_log", "status_code > 0")', ['check-validates', 'tighten-constraint']],
    [
      'op.create_foreign_key("f", "audit_log", "tenant", ["tenant_id"], ["id"])',
      ['foreign-key-validates', 'references-existing-table', 'tighten-constraint'],
    ],
    [
      'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))\nop.create_index("i", "t", ["id"])\nop.drop_table("t")',
      [],
    ],
    ['op.bulk_insert(sa.table("audit_log"), [{"path": "/"}])', []],
    ['with op.batch_alter_table("audit_log") as batch:\n    batch.drop_column("payload")', ['drop-column']],
    ['with op.batch_alter_table("audit_log") as batch:\n    batch.add_column(sa.Column("a", sa.Text()))', []],
    [
      'with op.batch_alter_table("audit_log") as batch:\n    batch.alter_column("path", nullable=False)',
      ['set-not-null'],
    ],
    ['sa.Enum("a", name="state").drop(op.get_bind())', ['drop-object']],
    ['sa.Enum("a", name="state").create(op.get_bind(), checkfirst=True)', []],
    ['t = sa.table("audit_log", sa.column("path"))\nop.execute(t.delete())', ['delete-rows']],
    [
      't = sa.table("audit_log", sa.column("path"))\nop.execute(t.update().where(t.c.path == "a").values(path="b"))',
      ['update-rows'],
    ],
    ['op.add_column("audit_log", sa.Column("a", sa.Text()))\nt = sa.table("audit_log")\nop.execute(sa.select(t))', []],
    ['sa.MetaData().drop_all(op.get_bind())', ['drop-table']],
  ];
  test.each(cases)('%s → %j', (body, expected) => {
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });
});

describe('SQL inside', () => {
  const red: readonly string[] = [
    'op.execute("ALTER TABLE audit_log DROP COLUMN payload")',
    'op.execute(sa.text("ALTER TABLE audit_log DROP COLUMN payload"))',
    'op.get_bind().execute(sa.text("ALTER TABLE audit_log DROP COLUMN payload"))',
    'op.get_bind().exec_driver_sql("ALTER TABLE audit_log DROP COLUMN payload")',
    'op.execute("ALTER TABLE audit_log " "DROP COLUMN payload")',
    'op.execute("ALTER TABLE " + "audit_log" + " DROP COLUMN payload")',
    'table = "audit_log"\nop.execute(f"ALTER TABLE {table} DROP COLUMN payload")',
    'op.execute("ALTER TABLE %s DROP COLUMN %s" % ("audit_log", "payload"))',
    'op.execute("ALTER TABLE {} DROP COLUMN {c}".format("audit_log", c="payload"))',
    'op.execute(" ".join(["ALTER TABLE audit_log", "DROP COLUMN", "payload"]))',
    'op.execute("ALTER TABLE audit_log DROP COLUMN payload".lower())',
    'sql = "ALTER TABLE audit_log "\nsql += "DROP COLUMN payload"\nop.execute(sql)',
    'op.execute("""\n    SELECT 1;\n    ALTER TABLE audit_log DROP COLUMN payload\n""")',
    "op.execute(\"DO $$ BEGIN EXECUTE 'ALTER TABLE audit_log DROP ' || 'COLUMN payload'; END $$\")",
    'import textwrap\nop.execute(textwrap.dedent("ALTER TABLE audit_log DROP COLUMN payload"))',
    'for table in ("audit_log",):\n    op.execute(f"ALTER TABLE {table} DROP COLUMN payload")',
    'with op.get_bind().begin() as connection:\n    connection.execute(sa.text("ALTER TABLE audit_log DROP COLUMN payload"))',
    'sa.orm.Session(bind=op.get_bind()).execute(sa.text("ALTER TABLE audit_log DROP COLUMN payload"))',
    'op.execute(r"ALTER TABLE audit_log DROP COLUMN payload")',
    'op.execute("ALTER TABLE audit_log \\x44ROP COLUMN payload")',
    'op.execute(sa.DDL("ALTER TABLE audit_log DROP COLUMN payload"))',
    'statements = []\nif op.get_context().as_sql:\n    statements.append("ALTER TABLE audit_log DROP COLUMN payload")\nfor statement in statements:\n    op.execute(statement)',
  ];
  test.each(red)('red: %s', (body) => {
    expect(rulesOf(lintUpgrade(body))).toContain('drop-column');
  });
  test('values that are bound are no gap', () => {
    expect(
      rulesOf(
        lintUpgrade('op.get_bind().execute(sa.text("SELECT 1 FROM audit_log WHERE path = :path"), {"path": "/"})'),
      ),
    ).toEqual([]);
  });
});

describe('code around', () => {
  const red: readonly (readonly [string, string])[] = [
    ['_drop()', `def _drop():\n    ${drop}`],
    ['_drop("payload")', 'def _drop(name, table="audit_log"):\n    op.drop_column(table, name)'],
    ['_outer()', `def _outer():\n    _inner()\ndef _inner():\n    ${drop}`],
    ['for name in NAMES:\n    op.drop_column("audit_log", name)', 'NAMES = ["payload"]'],
    ['[op.drop_column("audit_log", name) for name in ("payload",)]', ''],
    ['list(map(lambda name: op.drop_column("audit_log", name), ["payload"]))', ''],
    ['getattr(op, "drop" + "_column")("audit_log", "payload")', ''],
    ['work = op.drop_column\nwork("audit_log", "payload")', ''],
    ['partial(op.drop_column, "audit_log")("payload")', 'from functools import partial'],
    ['o.drop_column("audit_log", "payload")', 'from alembic import op as o'],
    ['drop_column("audit_log", "payload")', 'from alembic.op import drop_column'],
    ['alembic.op.drop_column("audit_log", "payload")', 'import alembic.op'],
    ['Helper().drop("payload")', 'class Helper:\n    def drop(self, name):\n        op.drop_column("audit_log", name)'],
    [`if input():\n    ${drop}`, ''],
    [`if input():\n    pass\nelif input():\n    pass\nelse:\n    ${drop}`, ''],
    [`try:\n    ${drop}\nexcept Exception:\n    pass`, ''],
    [`try:\n    pass\nfinally:\n    ${drop}`, ''],
    [`while input():\n    ${drop}`, ''],
    [`input() and ${drop}`, ''],
    [`if input():\n    return\n${drop}`, ''],
    [`match input():\n    case "x":\n        ${drop}`, ''],
    ['for name, table in {"payload": "audit_log"}.items():\n    op.drop_column(table, name)', ''],
    [`if op.get_bind().dialect.name == "postgresql":\n    ${drop}`, ''],
    [`x = 1; ${drop}`, ''],
    ['op.drop_column(*("audit_log", "payload"))', ''],
    ['op.drop_column(**{"table_name": "audit_log", "column_name": "payload"})', ''],
  ];
  test.each(red)('red: %s', (body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toContain('drop-column');
  });

  const green: readonly (readonly [string, string])[] = [
    ['pass', `def downgrade():\n    ${drop}`],
    ['pass', `def unused():\n    ${drop}`],
    [`if op.get_bind().dialect.name == "sqlite":\n    ${drop}`, ''],
    [`if False:\n    ${drop}`, ''],
    [`return\n${drop}`, ''],
    ['print("ALTER TABLE audit_log DROP COLUMN payload")', ''],
    ['op.create_table("t", sa.Column("v", Vector(3)))', 'from pgvector.sqlalchemy import Vector'],
    ['name = f"ix_{1 + 1}"\nprint(name)', ''],
  ];
  test.each(green)('green: %s %s', (body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toEqual([]);
  });
});

describe('what cannot be followed', () => {
  const unfollowable: readonly (readonly [string, string])[] = [
    ['helper()', 'from .helpers import helper'],
    ['helper(op)', 'from project import helper'],
    ['project.helper()', 'import project'],
    ['op.execute(open("migration.sql").read())', ''],
    ['op.execute(f"DROP INDEX {input()}")', ''],
    ['op.execute(STATEMENTS[input()])', 'STATEMENTS = {}'],
    ['exec("op.drop" + "_table(1)")', ''],
    ['globals()["x"]()', ''],
    ['getattr(op, input())("audit_log")', ''],
    ['op.my_operation("audit_log")', ''],
    ['os.system("psql")', 'import os'],
    ['Everything(op.get_bind())', 'from project import Everything'],
    ['op.add_column("audit_log", column)', 'from project import column'],
  ];
  test.each(unfollowable)('%s', (body, before) => {
    const report = lintUpgrade(body, {}, before);
    expect(rulesOf(report)).toContain('cannot-follow');
    expect(report.findings.find(({ rule }) => rule === 'cannot-follow')?.severity).toBe('error');
  });
  test('an upgrade() from elsewhere, and none', () => {
    expect(rulesOf(lintPython('from .base import upgrade\nrevision = "1"\n'))).toEqual(['cannot-follow']);
    expect(rulesOf(lintPython('revision = "1"\n'))).toEqual(['cannot-follow']);
  });
  test('text that is not Python', () => {
    expect(rulesOf(lintUpgrade('op.drop_column("audit_log" "payload'))).toContain('cannot-parse');
  });
  test('an endless loop ends', () => {
    expect(rulesOf(lintUpgrade('for a in range(1999):\n    for b in range(1999):\n        x = a + b'))).toContain(
      'budget-exhausted',
    );
  });
});

test('a finding stands where its SQL does', () => {
  const { findings } = lintPython(
    'from alembic import op\n\ndef upgrade():\n    op.execute("""\n        SELECT 1;\n        DROP TABLE audit_log;\n    """)\n',
  );
  expect(findings.find(({ rule }) => rule === 'drop-table')).toMatchObject({ line: 6, column: 9 });
});

describe('what looks harmless at first', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['op.execute(f"DROP TABLE {T[0]}")', 'T = ["scratch"]\nT[0] = "audit_log"', ['drop-table']],
    [
      'op.create_table("new")\nswap()\nop.drop_table(T)',
      'T = "new"\ndef swap():\n    global T\n    T = "audit_log"',
      ['drop-table'],
    ],
    ['for s in A:\n    op.execute(s)', 'A = B = []\nB += ["DROP TABLE audit_log"]', ['drop-table']],
    [
      'names = {"t": "new"}\nop.create_table("new")\nif input():\n    names["t"] = "audit_log"\nop.drop_table(names["t"])',
      '',
      ['drop-table'],
    ],
    ['Helper().tidy()', 'from project import Base\nclass Helper(Base):\n    pass', ['cannot-follow']],
    ['sys.modules["project"].tidy()', 'import sys', ['cannot-follow']],
    ['op.get_context().impl.drop_table(sa.table("audit_log"))', '', ['cannot-follow']],
    ['vars(op)["drop_table"]("audit_log")', '', ['cannot-follow']],
    ['op.__dict__["drop_table"]("audit_log")', '', ['cannot-follow']],
    ['op.drop_table.__call__("audit_log")', '', ['cannot-follow']],
    ['attrgetter("drop_table")(op)("audit_log")', 'from operator import attrgetter', ['cannot-follow']],
    [
      'row = Session(op.get_bind()).get(Log, 1)\nrow.path = ""',
      'from sqlalchemy.orm import Session\nfrom project import Log',
      ['cannot-follow'],
    ],
    ['tidy()', 'from helpers import *', ['cannot-follow']],
    [
      'helper.tidy()',
      'try:\n    from project import helper\nexcept ImportError:\n    helper = None',
      ['cannot-follow'],
    ],
    [
      'helper.sub.tidy()',
      'try:\n    from project import helper\nexcept ImportError:\n    helper = None',
      ['cannot-follow'],
    ],
    ['(op if input() else None).drop_table("audit_log")', '', ['cannot-follow']],
    [
      'pick().drop_table("audit_log")',
      'def pick():\n    if input():\n        return op\n    else:\n        return None',
      ['cannot-follow'],
    ],
    ['any(op.drop_table(t) for t in ["audit_log"])', '', ['drop-table']],
    ['def tidy(table=op.drop_table("audit_log")):\n    pass\ntidy()', '', ['drop-table']],
    ['op.add_column("audit_log", sa.Column("a", state))', 'from project import state', ['cannot-follow']],
  ];
  test.each(cases)('%s %s', (body, before, expected) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toEqual(expect.arrayContaining([...expected]));
  });
});

test('a migration as Alembic writes it has nothing against it', () => {
  const body = `
op.execute("CREATE EXTENSION IF NOT EXISTS vector")
status.create(op.get_bind(), checkfirst=True)
op.create_table(
    "thing",
    sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True, server_default=sa.text("gen_random_uuid()")),
    sa.Column("embedding", Vector(1536), nullable=True),
    sa.Column("status", status, nullable=False, server_default="a"),
    sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.current_timestamp(), nullable=False),
    sa.ForeignKeyConstraint(["owner_id"], ["owner.id"], ondelete="CASCADE"),
    sa.UniqueConstraint("name", name="uq_thing_name"),
)
op.create_index(op.f("ix_thing_name"), "thing", ["name"], unique=False)
op.add_column("audit_log", sa.Column("embedding", Vector(3), nullable=True))
op.add_column("audit_log", sa.Column("state", sa.Enum("a", name="existing"), nullable=True))
op.add_column("audit_log", sa.Column("seen_at", sa.DateTime(), server_default=sa.text("(now() AT TIME ZONE 'utc')")))
op.add_column("audit_log", sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False))
op.add_column("audit_log", sa.Column("flag", sa.Boolean(), server_default=sa.false(), nullable=False))
connection = op.get_bind()
things = sa.table("thing", sa.column("id"), sa.column("name"))
for row in connection.execute(sa.text("SELECT id FROM owner WHERE name = :name"), {"name": "x"}).fetchall():
    connection.execute(sa.insert(things).values(id=uuid.uuid4(), name=row.name.strip()))
    logger.info("made %s", row.id)
connection.execute(things.update().where(things.c.name == "a").values(name="b"))
if not context.is_offline_mode():
    columns = {column["name"] for column in sa.inspect(connection).get_columns("audit_log")}
    if "extra" not in columns:
        op.add_column("audit_log", sa.Column("extra", postgresql.JSONB, nullable=True))
`;
  const before = `import logging
import uuid
from alembic import context
from pgvector.sqlalchemy import Vector
logger = logging.getLogger("alembic.runtime.migration")
status = postgresql.ENUM("a", "b", name="thing_status", create_type=False)`;
  expect(rulesOf(lintUpgrade(body, {}, before))).toEqual(['references-existing-table']);
});
