import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CorpusMigration, corpusFolder, type Outcome, readCorpus } from '@meho/migration-lint/corpus/corpus';
import type { Finding } from '@meho/migration-lint/finding';
import { type RuleId, rules } from '@meho/migration-lint/rules/rules';
import { describe, expect, test } from 'vitest';
import { corpusTable, summary } from './table.ts';
import { stalls } from './table-measurement.ts';
import { compareRow } from './verdicts.ts';

const finding = (rule: RuleId): Finding => ({
  rule,
  severity: rules[rule].severity,
  file: 'x.sql',
  line: 1,
  column: 1,
  message: 'does it',
  statement: 'x',
});

const migration = (changes: Partial<CorpusMigration> = {}): CorpusMigration => ({
  file: 'x.sql',
  what: 'Something',
  kind: 'destructive',
  hidden: undefined,
  lint: [],
  warnings: [],
  reality: ['fine'],
  falseAlarm: undefined,
  ...changes,
});

const seen = (...outcomes: Outcome[]) => ({
  outcomes,
  details: ['seen'],
  load: { requests: 1, failed: 0, longestMs: 1 },
});

describe('lint and reality', () => {
  test('agree on what is fine and on what is not', () => {
    expect(compareRow(migration(), [], seen('fine'))).toMatchObject({ agreement: 'agrees', surprises: [] });
    expect(
      compareRow(migration({ lint: ['drop-table'], reality: ['breaks'] }), [finding('drop-table')], seen('breaks')),
    ).toMatchObject({ agreement: 'agrees', surprises: [] });
  });
  test.each<Outcome>(['breaks', 'loses', 'alters', 'stalls', 'refused'])(
    '%s that the lint passes is MISSED, whatever the corpus says',
    (outcome) => {
      const row = compareRow(migration({ reality: [outcome] }), [], seen(outcome));
      expect(row.agreement).toBe('MISSED');
      expect(row.surprises).toContain('the lint passed what N does not get through');
    },
  );
  test('a warning is no error: what breaks under one is MISSED', () => {
    expect(
      compareRow(
        migration({ warnings: ['drop-not-null'], reality: ['breaks'] }),
        [finding('drop-not-null')],
        seen('breaks'),
      ).agreement,
    ).toBe('MISSED');
  });
  test('a false alarm needs an explanation', () => {
    const alarmed = compareRow(migration({ lint: ['drop-index'] }), [finding('drop-index')], seen('fine'));
    expect(alarmed).toMatchObject({ agreement: 'false alarm', surprises: ['a false alarm that nobody has explained'] });
    expect(
      compareRow(migration({ lint: ['drop-index'], falseAlarm: 'only slower' }), [finding('drop-index')], seen('fine'))
        .surprises,
    ).toEqual([]);
  });
  test('another rule or outcome than the corpus says is a surprise', () => {
    const row = compareRow(
      migration({ lint: ['drop-table'], reality: ['breaks'] }),
      [finding('truncate')],
      seen('loses'),
    );
    expect(row.surprises).toEqual([
      'the lint finds: expected drop-table; seen truncate',
      'image N: expected breaks; seen loses',
    ]);
  });
});

test('a stall is a strong lock and a read of the whole table, both', () => {
  expect(stalls({ locks: ['AccessExclusiveLock'], rowsRead: 100 }, 100)).toBe(true);
  expect(stalls({ locks: ['ShareLock'], rowsRead: 100 }, 100)).toBe(true);
  expect(stalls({ locks: ['AccessExclusiveLock'], rowsRead: 0 }, 100)).toBe(false);
  expect(stalls({ locks: ['RowExclusiveLock', 'AccessShareLock'], rowsRead: 100 }, 100)).toBe(false);
  expect(stalls({ locks: ['AccessExclusiveLock'], rowsRead: 0 }, 0)).toBe(false);
});

test('the table is Markdown with a row for each migration, and counts', () => {
  const rows = [
    compareRow(migration({ what: 'A | b', hidden: 'DO block' }), [], seen('fine')),
    compareRow(migration({ reality: ['breaks'] }), [], seen('breaks')),
  ];
  const table = corpusTable(rows, 'Postgres 17');
  expect(table).toContain('| x.sql | A \\| b (hidden: DO block) | additive | fine | agrees |');
  expect(summary(rows)).toBe(
    'corpus: 2 migrations (1 fine, 1 breaks): 1 predicted, 0 warned of, 0 false alarms explained, 1 missed, 1 unlike the corpus says',
  );
});

describe('a corpus that proves nothing is refused', () => {
  const entry = (changes: object) => ({ file: 'x.sql', what: 'x', lint: [], reality: ['fine'], ...changes });
  const read = async (entries: readonly object[]) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'corpus-'));
    try {
      await writeFile(path.join(folder, 'corpus.json'), JSON.stringify({ migrations: entries }));
      return await readCorpus(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const many = Array.from({ length: 40 }, () => entry({}));
  test('fewer than 40 migrations', async () => {
    await expect(read([entry({})])).rejects.toThrow(/expected at least 40 migrations, found 1/);
    await expect(read(many)).resolves.toHaveLength(40);
  });
  test('no outcome, an unexplained alarm, or a destructive one without a finding', async () => {
    await expect(read([...many, entry({ reality: [] })])).rejects.toThrow(/expected at least one outcome/);
    await expect(read([...many, entry({ lint: ['drop-index'] })])).rejects.toThrow(
      /expected an explanation of the false alarm/,
    );
    await expect(read([...many, entry({ reality: ['breaks'] })])).rejects.toThrow(/expected a finding of the lint/);
  });
  test('the real one is accepted', async () => {
    const corpus = await readCorpus(corpusFolder);
    expect(corpus.filter(({ kind }) => kind === 'additive').length).toBeGreaterThanOrEqual(15);
    expect(corpus.filter(({ hidden }) => hidden !== undefined).length).toBeGreaterThanOrEqual(20);
  });
});
