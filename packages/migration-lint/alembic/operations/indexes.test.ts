import { describe, expect, test } from 'vitest';
import { lintUpgrade, rulesOf } from '../../testing/lint-text.ts';

const create = (table: string, columns: string, more = '') =>
  `op.create_index("i", "${table}", ${columns}, postgresql_concurrently=True${more})`;
const add = (more = '') => `op.add_column("audit_log", sa.Column("a", sa.Integer()${more}))\n`;
const upgrade = (body: string) =>
  rulesOf(lintUpgrade(`with op.get_context().autocommit_block():\n    ${body.replaceAll('\n', '\n    ')}`));

describe('op.create_index with all that decides which rows of N it takes', () => {
  test.each([
    [
      add() + create('audit_log', '["path", "a"]', ', unique=True, postgresql_nulls_not_distinct=True'),
      ['tighten-constraint'],
    ],
    [add() + create('audit_log', '["path", "a"]', ', unique=True'), []],
    [create('audit_log', '["path"]', ', unique=FLAG'), ['tighten-constraint']],
    [create('audit_log', '["path"]', ', postgresql_where=sa.text("1 / status_code > 1")'), ['index-expression']],
    [create('audit_log', '["path"]', ', postgresql_where=sa.text("status_code > 1")'), []],
    [create('audit_log', '["path"]', ', postgresql_where="1 / status_code > 1"'), ['index-expression']],
    [create('audit_log', '["path"]', ', postgresql_where=sa.column("a") == 1'), ['cannot-follow']],
    [create('audit_log', '[sa.text("(payload ->> \'a\')::int")]'), ['index-expression']],
    [create('audit_log', '[sa.text("lower(path)")]'), []],
    [create('audit_log', '[sa.func.lower(sa.column("path"))]'), []],
    [create('audit_log', '[sa.func.ln(sa.column("status_code"))]'), ['index-expression']],
    [create('audit_log', '[sa.desc(sa.text("path"))]'), []],
    [create('audit_log', '[sa.text("path DESC NULLS LAST")]'), []],
    [
      add(', server_default="0", nullable=False') +
        create('audit_log', '["path"]', ', unique=True, postgresql_where=sa.text("a > 0")'),
      [],
    ],
    [
      add(', server_default="1", nullable=False') +
        create('audit_log', '["path"]', ', unique=True, postgresql_where=sa.text("a > 0")'),
      ['tighten-constraint'],
    ],
  ])('%s', (body, expected) => {
    expect(upgrade(body)).toEqual(expected);
  });
});

describe('op.alter_column with the type that is there', () => {
  test.each([
    ['existing_type=sa.String(20), type_=sa.String(20)', []],
    ['existing_type=sa.String(length=20), type_=sa.String(length=20), comment="x"', []],
    ['existing_type=sa.Text, type_=sa.Text()', []],
    ['nullable=False, existing_nullable=False', []],
    ['nullable=True, existing_nullable=True', []],
    ['nullable=False, existing_nullable=True', ['set-not-null']],
    ['server_default="x", existing_server_default="x"', []],
    ['server_default=sa.text("now()"), existing_server_default=sa.text("now()")', []],
    ['server_default="x", existing_server_default="y"', ['change-default']],
    ['server_default=None, existing_server_default=None', ['drop-default']],
    ['server_default=kind(), existing_server_default=kind()', ['cannot-follow', 'change-default']],
    ['existing_type=sa.Enum("a", "b", name="e"), type_=sa.Enum("a", "b", name="e")', []],
    ['existing_type=sa.String(20), type_=sa.String(30)', ['change-column-type']],
    ['existing_type=sa.String, type_=sa.String(30)', ['change-column-type']],
    ['existing_type=sa.DateTime(), type_=sa.DateTime(timezone=True)', ['change-column-type']],
    ['existing_type=kind(), type_=kind()', ['cannot-follow', 'change-column-type']],
  ])('%s', (given, expected) => {
    expect(
      rulesOf(lintUpgrade(`op.alter_column("audit_log", "path", ${given})`, {}, 'from project import kind')),
    ).toEqual(expected);
  });
});

describe('sa.Computed', () => {
  test.each([
    [', persisted=True', ['column-rewrites-table']],
    [', persisted=False', []],
    ['', ['generated-without-kind']],
  ])('persisted%s', (persisted, expected) => {
    const body = `op.add_column("audit_log", sa.Column("g", sa.Text(), sa.Computed("lower(path)"${persisted})))`;
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });
});
