import { describe, expect, test } from 'vitest';
import { lintUpgrade, rulesOf } from '../../testing/lint-text.ts';

/** As Alembic 1.17 and 1.20 send it with `--sql`. */
describe('what add_column sends', () => {
  test.each<readonly [string, string, readonly (readonly [string, string])[]]>([
    [
      'sa.Integer(), sa.ForeignKey("u.id")',
      '',
      [['foreign-key-validates', 'ALTER TABLE "t" ADD FOREIGN KEY ("c") REFERENCES "u"']],
    ],
    [
      'sa.Integer(), sa.ForeignKey("u.id", name="fk")',
      ', if_not_exists=True',
      [
        ['tighten-constraint', 'ALTER TABLE "t" ADD CONSTRAINT "fk" FOREIGN KEY ("c") REFERENCES "u"'],
        ['foreign-key-validates', 'ALTER TABLE "t" ADD CONSTRAINT "fk" FOREIGN KEY ("c") REFERENCES "u"'],
      ],
    ],
    ['sa.Integer(), sa.ForeignKey("u.id", postgresql_not_valid=True)', '', []],
    ['sa.Integer(), sa.ForeignKey("u.id")', ', inline_references=True', []],
    [
      'sa.Integer(), sa.ForeignKey("u.id", name="f"), sa.ForeignKey("v.id", name="g")',
      ', inline_references=True',
      [
        ['foreign-key-validates', 'ALTER TABLE "t" ADD CONSTRAINT "f" FOREIGN KEY ("c") REFERENCES "u"'],
        ['foreign-key-validates', 'ALTER TABLE "t" ADD CONSTRAINT "g" FOREIGN KEY ("c") REFERENCES "v"'],
      ],
    ],
    ['sa.Integer(), unique=True', '', [['unique-builds-index', 'ALTER TABLE "t" ADD UNIQUE ("c")']]],
    [
      'sa.Integer(), unique=True',
      ', if_not_exists=True',
      [
        ['tighten-constraint', 'ALTER TABLE "t" ADD UNIQUE ("c")'],
        ['unique-builds-index', 'ALTER TABLE "t" ADD UNIQUE ("c")'],
      ],
    ],
    [
      'sa.Integer(), unique=True, index=True',
      '',
      [['index-not-concurrent', 'CREATE UNIQUE INDEX "ix_t_c" ON "t" ("c")']],
    ],
    [
      'sa.Integer(), index=True',
      ', schema="s"',
      [['index-not-concurrent', 'CREATE INDEX "ix_s_t_c" ON "s"."t" ("c")']],
    ],
    ['sa.Integer()', ', if_not_exists=True', []],
    [
      'sa.Integer(), primary_key=True',
      '',
      [['column-rewrites-table', 'ALTER TABLE "t" ADD COLUMN "c" serial NOT NULL']],
    ],
    [
      'sa.Integer(), primary_key=True, autoincrement=False',
      '',
      [['add-required-column', 'ALTER TABLE "t" ADD COLUMN "c" integer NOT NULL']],
    ],
    ['sa.Integer(), primary_key=True, autoincrement=False, server_default="0"', '', []],
    [
      'sa.Integer(), primary_key=True, autoincrement=False, server_default="0"',
      ', inline_primary_key=True',
      [
        ['tighten-constraint', `ALTER TABLE "t" ADD COLUMN "c" integer NOT NULL DEFAULT '0' PRIMARY KEY`],
        ['unique-builds-index', `ALTER TABLE "t" ADD COLUMN "c" integer NOT NULL DEFAULT '0' PRIMARY KEY`],
      ],
    ],
    [
      'sa.Enum("a", "b", name="e", native_enum=False, create_constraint=True)',
      '',
      [['check-validates', `ALTER TABLE "t" ADD CONSTRAINT "e" CHECK ("c" IN ('a', 'b'))`]],
    ],
    ['sa.Enum("a", "b", name="e", native_enum=False)', '', []],
    ['sa.Enum("a", "b", name="e", create_constraint=True)', '', []],
    ['sa.Boolean(create_constraint=True, name="e")', '', []],
  ])('Column("c", %s)%s', (column, options, expected) => {
    const { findings } = lintUpgrade(`op.add_column("t", sa.Column("c", ${column})${options})`);
    const seen = findings.filter(({ severity }) => severity === 'error');
    expect(seen.map(({ rule, statement }) => [rule, statement])).toEqual(expected);
  });
});

describe('what create_table sends behind it', () => {
  test.each([
    ['sa.Column("c", sa.Integer(), index=True, unique=True)', ['unique-on-found-table']],
    ['sa.Column("c", sa.Integer()), sa.Index("i", "c", unique=True)', ['unique-on-found-table']],
    ['sa.Column("c", sa.Integer(), index=True)', []],
    ['sa.Column("c", sa.Integer(), unique=True)', []],
  ])('for a table that may be there: %s', (items, expected) => {
    expect(rulesOf(lintUpgrade(`op.create_table("n", ${items}, if_not_exists=True)`))).toEqual(expected);
    expect(rulesOf(lintUpgrade(`op.create_table("n", ${items})`))).toEqual([]);
  });
});
