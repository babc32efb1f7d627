import { describe, expect, test } from 'vitest';
import { lintSql, rulesOf } from '../../testing/lint-text.ts';
import { upPart } from './up-part.ts';

const up = 'ALTER TABLE a ADD COLUMN note text;';
const down = 'DROP TABLE a;';

describe('going up runs no Down part:', () => {
  test.each([
    ['goose', `-- +goose Up\n${up}\n-- +goose Down\n${down}\n`],
    [
      'goose with a function',
      `-- +goose Up\n-- +goose StatementBegin\n${up}\n-- +goose StatementEnd\n\n-- +goose Down\n-- +goose StatementBegin\n${down}\n-- +goose StatementEnd\n`,
    ],
    ['goose, the other way round', `-- +goose Down\n${down}\n-- +goose Up\n${up}\n`],
    ['sql-migrate', `-- +migrate Up\n${up}\n-- +migrate Down\n${down}\n`],
    ['dbmate', `-- migrate:up\n${up}\n\n-- migrate:down\n${down}\n`],
    ['dbmate with carriage returns', `-- migrate:up\r\n${up}\r\n-- migrate:down\r\n${down}\r\n`],
  ])('%s', (_, sql) => {
    expect(rulesOf(lintSql(sql))).toEqual([]);
    expect(rulesOf(lintSql(sql.replace(up, 'ALTER TABLE a DROP COLUMN b;')))).toEqual(['drop-column']);
  });

  test.each([
    ['no runner at all', `${up}\n-- Down\n${down}`],
    ['goose without Up, which it refuses', `-- +goose Down\n${down}`],
    ['dbmate in other letters, which it does not read', `-- migrate:up\n${up}\n-- MIGRATE:DOWN\n${down}`],
    ['dbmate behind blanks', `-- migrate:up\n${up}\n  -- migrate:down\n${down}`],
  ])('but that of %s', (_, sql) => {
    expect(rulesOf(lintSql(sql))).toContain('drop-table');
  });
});

test('findings keep their places', () => {
  const sql = `-- +goose Down\n${down}\n-- +goose Up\nDROP TABLE b;\n`;
  expect(lintSql(sql).findings).toMatchObject([{ rule: 'drop-table', line: 4, message: 'drops table b' }]);
  expect(upPart(sql)?.text).toHaveLength(sql.length);
});

test('a runner has a transaction, unless the file asks for none', () => {
  const index = 'CREATE INDEX CONCURRENTLY i ON a (b);';
  const rules = (head: string) => rulesOf(lintSql(`${head}\n${index}\n`));
  expect(rules('-- migrate:up')).toContain('concurrently-in-transaction');
  expect(rules('-- +goose Up')).toContain('concurrently-in-transaction');
  for (const head of [
    '-- migrate:up transaction:false',
    '-- +goose NO TRANSACTION\n-- +goose Up',
    '-- +migrate Up notransaction',
  ]) {
    expect(rules(head)).toEqual([]);
  }
});
