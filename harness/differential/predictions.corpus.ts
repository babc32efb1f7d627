import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { writeReport } from '@meho/core/report/output';
import { type ContainerNetwork, createNetwork } from '@meho/images/engine/containers/network';
import { type RealDependencies, realDependencies } from '@meho/images/testing/real-dependencies';
import { corpusFolder, readCorpus } from '@meho/migration-lint/corpus/corpus';
import { afterAll, beforeAll, test } from 'vitest';
import { corpusRecord, keepCorpusRecord } from './corpus-record.ts';
import { type StartedCorpus, startCorpus } from './run-corpus.ts';
import { type ScratchPostgres, startScratchPostgres } from './scratch-postgres.ts';
import { corpusTable } from './table.ts';
import type { CorpusRow } from './verdicts.ts';

const rows: CorpusRow[] = [];
let things: RealDependencies;
let network: ContainerNetwork;
let postgres: ScratchPostgres;
let corpus: StartedCorpus;

beforeAll(async () => {
  things = await realDependencies('postgres');
  const { cacheFolder, labels, progress, signal } = things;
  network = await createNetwork(labels);
  postgres = await startScratchPostgres({ image: things.image('postgres'), labels, network, signal });
  corpus = await startCorpus({ folder: corpusFolder, server: postgres.server, cacheFolder, progress, signal });
});

afterAll(async () => {
  if (corpus !== undefined) {
    await mkdir(things.artefacts, { recursive: true });
    await keepCorpusRecord(things.artefacts, corpusRecord(rows, corpus.about));
    await writeReport(path.join(things.artefacts, 'corpus.md'), 'md', `${corpusTable(rows, corpus.about)}\n`);
  }
  await corpus?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
  await network?.remove();
});

test.each((await readCorpus(corpusFolder)).map((migration) => [migration.file, migration] as const))(
  '%s',
  async (_, migration) => {
    const row = await corpus.compare(migration, things.signal);
    rows.push(row);
    if (row.surprises.length > 0) {
      throw new Error([`${migration.what}:`, ...row.surprises, ...row.observed.details].join('\n'));
    }
  },
);
