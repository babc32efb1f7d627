import { describe, expect, test } from 'vitest';
import { lintSql, lintUpgrade, rulesOf } from './testing/lint-text.ts';

const drop = 'ALTER TABLE audit_log DROP COLUMN payload;';

describe('an override with a reason allows its statement', () => {
  test.each([
    `-- meho:allow drop-column because nobody reads it since 1.2\n${drop}`,
    `-- meho: allow drop-column because nobody reads it since 1.2\n\n-- more words\n${drop}`,
    `${drop} -- meho:allow drop-column because nobody reads it since 1.2`,
    `ALTER TABLE audit_log\n  -- meho:allow drop-column because nobody reads it since 1.2\n  DROP COLUMN payload;`,
    `/* meho:allow drop-column because nobody reads it\n   since 1.2 */\n${drop}`,
    `-- meho:allow drop-column because the block is known\nDO $$ BEGIN ${drop} END $$;`,
    `DO $$\nBEGIN\n  -- meho:allow drop-column because nobody reads it since 1.2\n  ${drop}\nEND $$;`,
  ])('%s', (sql) => {
    const report = lintSql(sql);
    expect(rulesOf(report)).toEqual([]);
    expect(report.findings).toHaveLength(1);
    expect(report.findings[0]?.override?.reason).toMatch(/^(?:nobody reads it since 1\.2|the block is known)$/);
  });

  test('several rules at once', () => {
    expect(
      rulesOf(
        lintSql(
          '-- meho:allow drop-column, drop-table because the table was never used\nDO $$ BEGIN ALTER TABLE a DROP COLUMN b; DROP TABLE a; END $$',
        ),
      ),
    ).toEqual([]);
  });
});

describe('an override allows nothing else', () => {
  test.each([
    [`-- meho:allow drop-column because it is unused\nSELECT 1;\n${drop}`, ['drop-column', 'override-unused']],
    [`-- meho:allow drop-column because it is unused\n${drop}\n${drop}`, ['drop-column']],
    [`-- meho:allow drop-column because it is unused\n${drop} ${drop}`, ['drop-column']],
    [`-- meho:allow drop-table because it is unused\n${drop}`, ['drop-column', 'override-unused']],
    [`DO $$\nBEGIN\n  -- meho:allow drop-column because it is unused\n  ${drop}\n  ${drop}\nEND $$;`, ['drop-column']],
    [`SELECT '-- meho:allow drop-column because it is text';\n${drop}`, ['drop-column']],
  ])('%s', (sql, expected) => {
    expect(rulesOf(lintSql(sql))).toEqual(expected);
  });
});

describe('an override that is none', () => {
  test.each([
    [`-- meho:allow drop-column\n${drop}`, ['drop-column', 'override-without-reason']],
    [`-- meho:allow drop-column because\n${drop}`, ['drop-column', 'override-without-reason']],
    [`-- meho:allow drop-column because .\n${drop}`, ['drop-column', 'override-without-reason']],
    [`-- meho:allow drop-colum because it is unused\n${drop}`, ['drop-column', 'override-unknown-rule']],
    [`-- meho:allow override-without-reason because it is tiring\n${drop}`, ['drop-column', 'override-unknown-rule']],
    [`-- meho:allow\n${drop}`, ['drop-column', 'override-without-reason']],
  ])('%s', (sql, expected) => {
    expect(rulesOf(lintSql(sql))).toEqual(expected);
  });
});

describe('in Python', () => {
  test.each([
    '# meho: allow drop-column because nobody reads it\nop.drop_column("audit_log", "payload")',
    'op.drop_column("audit_log", "payload")  # meho:allow drop-column because nobody reads it',
    'op.drop_column(\n    # meho: allow drop-column because nobody reads it\n    "audit_log",\n    "payload",\n)',
    'op.execute("""\n-- meho:allow drop-column because nobody reads it\nALTER TABLE audit_log DROP COLUMN payload""")',
    '# meho: allow drop-column because nobody reads it\n_drop()',
  ])('%s', (body) => {
    expect(rulesOf(lintUpgrade(body, {}, 'def _drop():\n    op.drop_column("audit_log", "payload")'))).toEqual([]);
  });
  test('at one call of a helper it says nothing of the others', () => {
    const body = '# meho: allow drop-column because nobody reads it\n_drop("payload")\n_drop("path")';
    expect(rulesOf(lintUpgrade(body, {}, 'def _drop(name):\n    op.drop_column("audit_log", name)'))).toEqual([
      'drop-column',
    ]);
  });
  test('what cannot be followed may be allowed too', () => {
    expect(
      rulesOf(
        lintUpgrade('# meho: allow cannot-follow because it only inserts\nhelper()', {}, 'from project import helper'),
      ),
    ).toEqual([]);
  });
});
