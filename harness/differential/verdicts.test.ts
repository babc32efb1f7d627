import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
  observed: ['fine'],
  falseAlarm: undefined,
  ...changes,
});

const seen = (...outcomes: Outcome[]) => ({
  outcomes,
  details: ['seen'],
  executed: ['Postgres: applied'],
  changes: ['drops column audit_log.path'],
  load: { requests: 1, failed: 0, longestMs: 1 },
});

describe('lint and what is observed', () => {
  test('agree on what is fine and on what is not', () => {
    expect(compareRow(migration(), [], seen('fine'))).toMatchObject({ agreement: 'agrees', surprises: [] });
    expect(
      compareRow(migration({ lint: ['drop-table'], observed: ['breaks'] }), [finding('drop-table')], seen('breaks')),
    ).toMatchObject({ agreement: 'agrees', surprises: [] });
  });
  test.each<Outcome>(['breaks', 'loses', 'alters', 'stalls', 'refused'])(
    '%s that the lint passes is MISSED, whatever the corpus says',
    (outcome) => {
      const row = compareRow(migration({ observed: [outcome] }), [], seen(outcome));
      expect(row.agreement).toBe('MISSED');
      expect(row.surprises).toContain('the lint passed what N does not get through');
    },
  );
  test('a warning is no error: what breaks under one is MISSED', () => {
    expect(
      compareRow(
        migration({ warnings: ['drop-not-null'], observed: ['breaks'] }),
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
      migration({ lint: ['drop-table'], observed: ['breaks'] }),
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
    compareRow(migration({ observed: ['breaks'] }), [], seen('breaks')),
  ];
  const table = corpusTable(rows, 'Postgres 17');
  expect(table).toContain(
    '| x.sql | A \\| b (hidden: DO block) | additive | Postgres: applied | N: fine; catalogue: drops column audit_log.path | agrees |',
  );
  expect(summary(rows)).toBe(
    'corpus: 2 migrations (1 fine, 1 breaks): 1 predicted, 0 warned of, 0 false alarms explained, 1 missed, 1 unlike the corpus says',
  );
});

describe('a corpus that proves nothing is refused', () => {
  const entry = (number: number, changes: object = {}) => ({
    file: `x${number}.sql`,
    what: 'x',
    kind: 'additive',
    lint: [],
    observed: ['fine'],
    ...changes,
  });
  const read = async (entries: readonly { readonly file: string }[], more: readonly string[] = []) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'corpus-'));
    try {
      await mkdir(path.join(folder, 'migrations'));
      const files = [...entries.map(({ file }) => file), ...more].filter((file) => !file.startsWith('lost'));
      await Promise.all(files.map((file) => writeFile(path.join(folder, 'migrations', file), '')));
      await writeFile(path.join(folder, 'corpus.json'), JSON.stringify({ migrations: entries }));
      return await readCorpus(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const many = Array.from({ length: 40 }, (_, number) => entry(number));
  test('fewer than 40 migrations', async () => {
    await expect(read([entry(0)])).rejects.toThrow(/expected at least 40 migrations, found 1/);
    await expect(read(many, ['corpus_helpers.py'])).resolves.toHaveLength(40);
  });
  test.for<[string, object, RegExp]>([
    ['no outcome', { observed: [] }, /expected at least one outcome/],
    ['an unexplained alarm', { lint: ['drop-index'] }, /expected an explanation of the false alarm/],
    ['a destructive one without a finding', { observed: ['breaks'] }, /expected a finding of the lint/],
    ['a rule that nobody knows', { lint: ['drop-indices'] }, /x40\.sql: lint has no drop-indices/],
    ['an outcome that nobody knows', { observed: ['fine', 'brakes'] }, /x40\.sql: observed has no brakes/],
    ['no list', { warnings: 'lock' }, /x40\.sql: warnings has no lock/],
    ['another kind', { kind: 'aditive' }, /x40\.sql: kind has no aditive/],
    ['another member', { warning: [] }, /x40\.sql: expected members .*, found warning/],
    ['a file that is not there', { file: 'lost.sql' }, /lost\.sql: is listed, and isn't in migrations/],
    ['a file twice', { file: 'x0.sql' }, /x0\.sql: is listed more than once/],
  ])('%s', async ([, changes, problem]) => {
    await expect(read([...many, entry(40, changes)])).rejects.toThrow(problem);
  });
  test('a migration that nothing runs', async () => {
    await expect(read(many, ['p99_forgotten.py'])).rejects.toThrow(/p99_forgotten\.py: has no entry/);
  });
  test('the real one is accepted', async () => {
    const corpus = await readCorpus(corpusFolder);
    expect(corpus.filter(({ kind }) => kind === 'additive').length).toBeGreaterThanOrEqual(15);
    expect(corpus.filter(({ hidden }) => hidden !== undefined).length).toBeGreaterThanOrEqual(20);
  });
});
