import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContainerNetwork, createNetwork } from '../../containers/network.ts';
import { left, type RealThings, realThings } from '../../testing/real-things.ts';
import { ensureAlembic } from './apply-alembic.ts';
import { type CorpusReport, runCorpus } from './run-corpus.ts';
import { type ScratchPostgres, startScratchPostgres } from './scratch-postgres.ts';

const corpus = path.resolve(import.meta.dirname, '../../../suites/rollback/corpus');
let things: RealThings;
let network: ContainerNetwork;
let postgres: ScratchPostgres;
let folder: string;

beforeAll(async () => {
  things = await realThings('postgres');
  network = await createNetwork(things.labels);
  const { cacheFolder, labels, progress, signal } = things;
  // The first time on a machine it is fetched and put together: no test's deadline is meant for that.
  await ensureAlembic(cacheFolder, { progress, signal });
  postgres = await startScratchPostgres({ image: things.image('postgres'), labels, network, signal });
  folder = await mkdtemp(path.join(tmpdir(), 'corpus-'));
}, 1_800_000);
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await network?.remove();
  await rm(folder, { recursive: true, force: true });
  expect(await left(things.labels)).toEqual([]);
});

function runOn(corpusFolder: string, only: string): Promise<CorpusReport> {
  const { cacheFolder, progress, signal } = things;
  return runCorpus({ folder: corpusFolder, server: postgres.server, cacheFolder, progress, signal, only });
}

/** The corpus with one entry changed and, where `text` is given, its migration with it. */
async function altered(file: string, changes: object, text?: string): Promise<string> {
  const copy = await mkdtemp(path.join(folder, 'altered-'));
  await cp(corpus, copy, { recursive: true });
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
    const { rows, holds } = await runOn(corpus, 'a04');
    expect(rows.map(({ reality }) => reality.outcomes)).toEqual([['fine']]);
    expect(rows[0]?.reality.load).toMatchObject({ failed: 0 });
    expect(holds).toBe(true);
  });
  test('Alembic itself runs what is written for it', async () => {
    const { rows, holds } = await runOn(corpus, 'p17');
    expect(rows.map(({ agreement, reality }) => [agreement, reality.outcomes])).toEqual([['agrees', ['breaks']]]);
    expect(holds).toBe(true);
  });
  test('a scan under lock is seen', async () => {
    const { rows } = await runOn(corpus, 'l01');
    expect(rows[0]?.reality.outcomes).toEqual(['stalls']);
  });
});

describe('the table is shown to fail', () => {
  test('a destructive migration that the lint passes is MISSED', async () => {
    const text = '-- meho:allow drop-column because nobody will notice\nALTER TABLE audit_log DROP COLUMN path;\n';
    const { rows, holds, table } = await runOn(await altered('d01_drop_column.sql', {}, text), 'd01');
    expect(rows[0]?.agreement).toBe('MISSED');
    expect(table).toContain('MISSED');
    expect(holds).toBe(false);
  });
  test('so is a corpus that says otherwise than what happens', async () => {
    const { rows, holds } = await runOn(
      await altered('a04_not_null_with_default.sql', { lint: ['drop-table'], reality: ['loses'] }),
      'a04',
    );
    expect(rows[0]?.surprises).toHaveLength(2);
    expect(holds).toBe(false);
  });
  test('no migration at all is no pass', async () => {
    expect((await runOn(corpus, 'no such file')).holds).toBe(false);
  });
});
