import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { leftovers, type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { corpusFolder, readCorpus } from '@meho/migration-lint/corpus/corpus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureAlembic } from './apply-alembic.ts';
import { startCorpus } from './run-corpus.ts';
import { type ScratchPostgres, startScratchPostgres } from './scratch-postgres.ts';
import { corpusTable } from './table.ts';
import type { CorpusRow } from './verdicts.ts';

let things: RealDependencies;
let network: ContainerNetwork;
let postgres: ScratchPostgres;
let folder: string;

beforeAll(async () => {
  things = await realDependencies('postgres');
  network = await createNetwork(things.labels);
  const { cacheFolder, labels, progress, signal } = things;
  // The first run on a machine downloads and builds it, which would exceed a test's deadline.
  await ensureAlembic(cacheFolder, { progress, signal });
  postgres = await startScratchPostgres({ image: things.image('postgres'), labels, network, signal });
  folder = await mkdtemp(path.join(tmpdir(), 'corpus-'));
}, 1_800_000);
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await network?.remove();
  await rm(folder, { recursive: true, force: true });
  expect(await leftovers(things.labels)).toEqual([]);
});

async function runOn(of: string, only: string) {
  const { cacheFolder, progress, signal } = things;
  const migrations = (await readCorpus(of)).filter(({ file }) => file.includes(only));
  await using started = await startCorpus({
    folder: of,
    server: postgres.server,
    cacheFolder,
    progress,
    signal,
  });
  const rows: CorpusRow[] = [];
  for (const migration of migrations) {
    rows.push(await started.compare(migration, signal));
  }
  return { rows, surprises: rows.flatMap((row) => row.surprises), table: corpusTable(rows, started.about) };
}

async function altered(file: string, changes: object, text?: string): Promise<string> {
  const copy = await mkdtemp(path.join(folder, 'altered-'));
  await cp(corpusFolder, copy, { recursive: true });
  const { migrations } = JSON.parse(await readFile(path.join(copy, 'corpus.json'), 'utf8'));
  const entries = migrations.map((entry: { file: string }) => (entry.file === file ? { ...entry, ...changes } : entry));
  await writeFile(path.join(copy, 'corpus.json'), JSON.stringify({ migrations: entries }));
  if (text !== undefined) {
    await mkdir(path.join(copy, 'migrations'), { recursive: true });
    await writeFile(path.join(copy, 'migrations', file), text);
  }
  return copy;
}

describe('on a real Postgres, under image N', () => {
  test('an additive migration is fine', async () => {
    const { rows, surprises } = await runOn(corpusFolder, 'a04');
    expect(rows.map(({ observed: result }) => result.outcomes)).toEqual([['fine']]);
    expect(rows[0]?.observed.load).toMatchObject({ failed: 0 });
    expect(rows[0]?.observed.executed).toEqual([
      expect.stringMatching(/^Postgres: applied under .*AccessExclusiveLock/),
    ]);
    expect(rows[0]?.observed.changes).toEqual([expect.stringMatching(/^adds column audit_log\.\w+$/)]);
    expect(surprises).toEqual([]);
  });
  test('Alembic itself runs what is written for it', async () => {
    const { rows, surprises } = await runOn(corpusFolder, 'p17');
    expect(rows.map(({ agreement, observed: result }) => [agreement, result.outcomes])).toEqual([
      ['agrees', ['breaks']],
    ]);
    expect(rows[0]?.observed.executed[0]).toMatch(/^Alembic: applied/);
    expect(rows[0]?.observed.changes).not.toEqual([]);
    expect(surprises).toEqual([]);
  });
  test('a scan under lock is seen', async () => {
    const { rows } = await runOn(corpusFolder, 'l01');
    expect(rows[0]?.observed.outcomes).toEqual(['stalls']);
  });
});

describe('the table is shown to fail', () => {
  test('a destructive migration that the lint passes is MISSED', async () => {
    const text = '-- meho:allow drop-column because nobody will notice\nALTER TABLE audit_log DROP COLUMN path;\n';
    const { rows, surprises, table } = await runOn(await altered('d01_drop_column.sql', {}, text), 'd01');
    expect(rows[0]?.agreement).toBe('MISSED');
    expect(table).toContain('MISSED');
    expect(surprises).not.toEqual([]);
  });
  test('so is a corpus that says otherwise than what happens', async () => {
    const { rows, surprises } = await runOn(
      await altered('a04_not_null_with_default.sql', { lint: ['drop-table'], observed: ['loses'] }),
      'a04',
    );
    expect(rows[0]?.surprises).toHaveLength(2);
    expect(surprises).not.toEqual([]);
  });
});
