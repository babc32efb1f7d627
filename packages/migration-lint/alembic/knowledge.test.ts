import { describe, expect, test } from 'vitest';
import { lintPython, lintUpgrade, rulesOf } from '../testing/lint-text.ts';

const drop = '"DROP TABLE audit_log"';
const harmless = '"SELECT 1"';

describe('a text that may be another by now is not taken for known', () => {
  test.each([
    [
      'left by a loop',
      `s = ${drop}\nfor x in range(3):\n    if x == 0:\n        break\n    s = ${harmless}\nop.execute(s)`,
      '',
    ],
    [
      'left by a loop, perhaps',
      `s = ${drop}\nfor x in range(3):\n    if input():\n        break\n    s = ${harmless}\nop.execute(s)`,
      '',
    ],
    [
      'from an earlier round',
      `s = ${drop}\nfor x in range(3):\n    if input():\n        continue\n    s = ${harmless}\nop.execute(s)`,
      '',
    ],
    ['a round before', `s = ${harmless}\nwhile input():\n    op.execute(s)\n    for s in [${drop}]:\n        pass`, ''],
    [
      'returned early',
      'op.execute(statement())',
      `def statement():\n    if input():\n        return ${drop}\n    return ${harmless}`,
    ],
    [
      'returned in a loop',
      'op.execute(statement())',
      `def statement():\n    for x in range(2):\n        if input():\n            return ${drop}\n    return ${harmless}`,
    ],
    [
      'returned from a try',
      'op.execute(statement())',
      `def statement():\n    try:\n        return ${drop}\n    finally:\n        pass`,
    ],
    [
      'set before what fails',
      `s = ${harmless}\ntry:\n    s = ${drop}\n    risky = open("x")\n    s = ${harmless}\nexcept OSError:\n    pass\nop.execute(s)`,
      '',
    ],
    ['a default', 'f()', `s = ${drop}\ndef f(x=s):\n    op.execute(x)\ns = ${harmless}`],
    ['put in before others', `l = [${harmless}]\nl.insert(0, ${drop})\nop.execute(l[0])`, ''],
    ['turned round', `l = [${harmless}, ${drop}]\nl.reverse()\nop.execute(l[0])`, ''],
    ['moved by del', `l = [${harmless}, ${drop}]\ndel l[0]\nop.execute(l[0])`, ''],
    ['moved by pop', `l = [${harmless}, ${drop}]\nl.pop(0)\nop.execute(l[0])`, ''],
    ['sorted', `l = [${harmless}, ${drop}]\nl.sort()\nop.execute(l[0])`, ''],
    ['put in by a slice', `l = []\nl[0:] = [${drop}]\nfor s in l:\n    op.execute(s)`, ''],
    ['a default of a dictionary', `d = {}\nd.setdefault("a", ${drop})\nfor s in d.values():\n    op.execute(s)`, ''],
    ['added to a dictionary', `d = e = {}\nd |= {"a": ${drop}}\nfor s in e.values():\n    op.execute(s)`, ''],
  ])('%s', (_, body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toContainEqual(
      expect.stringMatching(/^(?:drop-table|cannot-follow)$/),
    );
  });
});

describe('code that nobody calls by its name is judged', () => {
  const zap = 'op.drop_table("audit_log")';
  test.each([
    [
      'with S():\n    pass',
      `class S:\n    def __enter__(self):\n        ${zap}\n    def __exit__(self, *a):\n        pass`,
    ],
    [
      'with S():\n    pass',
      `class S:\n    def __enter__(self):\n        pass\n    def __exit__(self, *a):\n        ${zap}`,
    ],
    [
      'with S():\n    pass',
      `class B:\n    def __enter__(self):\n        ${zap}\n    def __exit__(self, *a):\n        pass\nclass S(B):\n    pass`,
    ],
    ['S().go()', `class B:\n    def go(self):\n        ${zap}\nclass S(B):\n    pass`],
    ['S()[0]', `class S:\n    def __getitem__(self, key):\n        ${zap}`],
    ['str(S())', `class S:\n    def __str__(self):\n        ${zap}`],
    ['f()', `def f(x=${zap}):\n    pass`],
    [`l = [1]\nl[0:${zap}]`, ''],
    [`del [1][${zap}]`, ''],
    ['pass', `class S(object if ${zap} else object):\n    pass`],
  ])('%s', (body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toEqual(['drop-table']);
  });
  test.each([
    ['S().x', 'class S:\n    @property\n    def x(self):\n        op.drop_table("audit_log")'],
    ['pass', 'def zap(c):\n    return c\n@zap\nclass S:\n    pass'],
    ['with S():\n    pass', 'from elsewhere import B\nclass S(B):\n    pass'],
    ['sorted(["audit_log"], key=op.drop_table)', ''],
    ['max(["audit_log"], key=op.drop_table)', ''],
    ['op.get_bind().execute(sa.select(sa.func.zap()))', ''],
    ['op.get_bind().execute(sa.select(sa.text("1")).where(sa.func.zap() > 0))', ''],
    ['op.get_bind().execute(sa.select(sa.text("zap()")))', ''],
    ['op.execute(sa.insert(t).from_select(["id"], sa.select(sa.func.zap())))', 't = sa.table("t", sa.column("id"))'],
  ])('or reported: %s', (body, before) => {
    expect(rulesOf(lintUpgrade(body, {}, before))).toEqual(['cannot-follow']);
  });
});

describe('what is made behind a way out is not surely made', () => {
  const create = 'op.create_table("t", sa.Column("id", sa.Integer))';
  const leave = (indent: string) => `${indent}if sa.inspect(op.get_bind()).has_table("t"):\n${indent}    return`;
  test('in a helper', () => {
    const helper = `def make():\n${leave('    ')}\n    ${create}`;
    expect(rulesOf(lintUpgrade('make()\nop.drop_column("t", "x")', {}, helper))).toEqual(['drop-column']);
  });
  test('in a loop', () => {
    const loop = `for name in ["t"]:\n    if input():\n        break\n    ${create}\nop.drop_column("t", "x")`;
    expect(rulesOf(lintUpgrade(loop))).toEqual(['drop-column']);
  });
  test('but is behind one that is never taken, or for what follows it itself', () => {
    const postgres = 'if op.get_bind().dialect.name != "postgresql":\n    return';
    expect(rulesOf(lintUpgrade(`${postgres}\n${create}\nop.drop_column("t", "x")`))).toEqual([]);
    expect(rulesOf(lintUpgrade(`${leave('')}\n${create}\nop.drop_column("t", "x")`))).toEqual([]);
    const loop = `for name in ["a", "t"]:\n    if name == "a":\n        continue\n    ${create}\nop.drop_column("t", "x")`;
    expect(rulesOf(lintUpgrade(loop))).toEqual([]);
  });
});

test.each([
  ['drop-table', 'from alembic import context\ncontext.execute("DROP TABLE audit_log")'],
  ['delete-rows', 'd = sa.delete(t).returning(t.c.id).cte("d")\nop.get_bind().execute(sa.select(d))'],
  ['delete-rows', 'op.get_bind().execute(sa.select(sa.literal(1)).add_cte(t.delete().cte("d")))'],
  [
    'update-rows',
    'from sqlalchemy.dialects.postgresql import insert\nop.execute(insert(t).values(id=1).on_conflict_do_update(index_elements=["id"], set_={"path": "x"}))',
  ],
  ['cannot-follow', 'op.get_bind().connection.cursor().callproc("zap")'],
  ['cannot-follow', 'sa.event.listen(op.get_bind(), "begin", lambda *a: op.drop_table("x"))'],
  ['cannot-follow', 'op.execute(sa.union(sa.select(sa.text("zap()")), sa.select(sa.text("1"))))'],
  ['cannot-follow', 'op.execute(sa.values(sa.column("x")).data([(sa.text("zap()"),)]))'],
  ['cannot-follow', 'op.execute(sa.select(t).where(sa.text("zap() > 0")))'],
])('%s: %s', (rule, body) => {
  const table = 't = sa.table("audit_log", sa.column("id"), sa.column("path"))';
  expect(rulesOf(lintUpgrade(body, {}, table))).toContain(rule);
});

test("a %s in a DO block is the block's own", () => {
  const body = `op.execute("DO $$ BEGIN EXECUTE format('SELECT %s', 'zap()'); END $$")`;
  expect(rulesOf(lintUpgrade(body))).toEqual(['cannot-follow']);
});

test('a file in another encoding is not taken for what it looks like', () => {
  const file = (cookie: string) => `# coding: ${cookie}\nfrom alembic import op\ndef upgrade():\n    pass\n`;
  expect(rulesOf(lintPython(file('utf-7')))).toEqual(['cannot-parse']);
  expect(rulesOf(lintPython(file('UTF-8')))).toEqual([]);
});

test.each([
  'op.create_table("t", sa.Column("at", sa.DateTime, server_default=sa.func.now()))',
  'op.get_bind().execute(sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(sa.column("x")), 0))).scalar()',
  'op.add_column("audit_log", sa.Column("at", sa.DateTime, server_default=sa.func.current_timestamp()))',
  'op.execute(sa.select(sa.text("path")).where(sa.text("path = :p")).order_by(sa.text("lower(path) DESC")))',
  'from sqlalchemy.dialects.postgresql import insert\nop.execute(insert(sa.table("x")).values(id=1).on_conflict_do_nothing())',
  'names = sorted(["b", "a"], key=len)\nfor name in names:\n    op.add_column("audit_log", sa.Column(name, sa.Text()))',
])('additive: %s', (body) => {
  expect(rulesOf(lintUpgrade(body))).toEqual([]);
});
