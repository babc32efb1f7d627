import { describe, expect, test } from 'vitest';
import { lintUpgrade, rulesOf } from '../../testing/lint-text.ts';

const indent = (body: string) => body.replaceAll(/^/gm, '    ');
const block = (body: string, args = '"audit_log"') => `with op.batch_alter_table(${args}) as batch:\n${indent(body)}`;
const add = 'batch.add_column(sa.Column("a", sa.Text()))';
const drop = 'batch.drop_column("payload")';
const update = 'op.execute("UPDATE audit_log SET path = \'x\'")';
const concurrently = 'batch.create_index("i", ["path"], postgresql_concurrently=True)';
const autocommit = 'with op.get_context().autocommit_block():';

type Case = readonly [title: string, body: string, rules: readonly string[]];

describe('a batch sends its operations when its block ends', () => {
  test.each<Case>([
    ['work within the block holds no lock yet', block(`${add}\n${update}`), ['update-rows']],
    ['work behind it does', `${block(add)}\n${update}`, ['backfill-under-lock', 'update-rows']],
    [
      'its own execute() is sent at once',
      block(`${add}\nbatch.execute("UPDATE audit_log SET a = 1")`),
      ['update-rows'],
    ],
    ['so is that of its bind', block(`${add}\nbatch.get_bind().execute(sa.text("DROP TABLE t"))`), ['drop-table']],
    [
      'an inner block ends first',
      block(
        `${add}\nwith op.batch_alter_table("tenant") as inner:\n    inner.add_column(sa.Column("b", sa.Text()))\n${update}`,
      ),
      ['backfill-under-lock', 'update-rows'],
    ],
    [
      'an autocommit block within has ended by then',
      block(`${autocommit}\n    ${concurrently}`),
      ['concurrently-in-transaction'],
    ],
    ['one around it has not', `${autocommit}\n${indent(block(concurrently))}`, []],
    [
      'of two on one line the last ends first',
      `with op.batch_alter_table("audit_log") as batch, op.get_context().autocommit_block():\n    ${concurrently}`,
      ['concurrently-in-transaction'],
    ],
    [
      'and the other way round',
      `with op.get_context().autocommit_block(), op.batch_alter_table("audit_log") as batch:\n    ${concurrently}`,
      [],
    ],
    [
      'an index on a column of the same block',
      block(`${add}\nbatch.create_index(batch.f("i"), ["a"], unique=True)`),
      ['index-not-concurrent'],
    ],
    ['in another schema', block(drop, '"audit_log", schema="s"'), ['drop-column']],
    [
      'collected by a helper',
      `def more(b):\n    b.add_column(sa.Column("a", sa.Text()))\n${block(`more(batch)\n${update}`)}`,
      ['update-rows'],
    ],
  ])('%s', (_, body, expected) => {
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });

  test.each<Case>([
    ['is in force by then, though it stands behind', block(`${add}\nop.execute("SET LOCAL lock_timeout = '5s'")`), []],
    [
      'has been reset by then',
      `op.execute("SET lock_timeout = '5s'")\n${block(`${add}\nop.execute("RESET lock_timeout")`)}`,
      ['lock-without-timeout'],
    ],
  ])('a timeout of locks %s', (_, body, expected) => {
    expect(rulesOf(lintUpgrade(body, { assumeLockTimeout: false }))).toEqual(expected);
  });
});

describe('how the block is left', () => {
  test.each<Case>([
    [
      'by an error: nothing is sent',
      `try:\n${indent(block(`${drop}\nraise ValueError()`))}\nexcept ValueError:\n    pass`,
      [],
    ],
    [
      'by an error within it that is handled there',
      block(`try:\n    ${drop}\n    raise ValueError()\nexcept ValueError:\n    pass`),
      ['drop-column'],
    ],
    [
      'by an error behind an exit that may be taken',
      block(`${drop}\nif input():\n    return\nraise ValueError()`),
      ['drop-column'],
    ],
    ['by return', block(`${drop}\nreturn`), ['drop-column']],
    ['by return, without what stands behind', block(`return\n${drop}`), []],
    ['by a return that may be taken', block(`${add}\nif input():\n    return\n${drop}`), ['drop-column']],
    ['by break', `for name in ("a", "b"):\n${indent(block(`${drop}\nbreak`))}`, ['drop-column']],
    [
      'by an error that is suppressed around it',
      `import contextlib\nwith contextlib.suppress(ValueError):\n${indent(block('raise ValueError()'))}\nop.drop_table("t")`,
      ['drop-table'],
    ],
  ])('%s', (_, body, expected) => {
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });
});

describe('what is collected on a branch', () => {
  const change = 'batch.alter_column("a", new_column_name="b")';
  test.each<Case>([
    ['belongs together', block(`if input():\n    ${add}\n    ${change}`), []],
    ['may not be there behind it', block(`if input():\n    ${add}\n${change}`), ['rename-column']],
    ['is not there on the other one', block(`if input():\n    ${add}\nelse:\n    ${change}`), ['rename-column']],
  ])('%s', (_, body, expected) => {
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });
});

describe('recreate', () => {
  test.each<Case>([
    ['"always" drops the table on Postgres too', block(add, '"audit_log", recreate="always"'), ['drop-table']],
    ['without an operation as well', block('pass', '"audit_log", None, "always"'), ['drop-table']],
    ['unknown may be it', block(add, '"audit_log", recreate=input()'), ['drop-table']],
    ['"auto" does not', block(add, '"audit_log", recreate="auto"'), []],
    ['"never" does not', block(add, '"audit_log", recreate="never"'), []],
  ])('%s', (_, body, expected) => {
    expect(rulesOf(lintUpgrade(body))).toEqual(expected);
  });
});

test.each(['rename_table("x")', 'bulk_insert([])', 'drop_table()'])('a batch has no %s', (call) => {
  expect(rulesOf(lintUpgrade(block(`batch.${call}`)))).toEqual(['cannot-follow']);
});
