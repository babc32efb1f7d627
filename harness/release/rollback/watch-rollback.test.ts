import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { InstallTarget } from '../install-target/install-target.ts';
import { RollbackWatch, readRollback } from './watch-rollback.ts';

const targetOf = (query: (sql: string, values: readonly unknown[]) => Promise<unknown>) =>
  ({ database: { query } }) as unknown as InstallTarget;

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'rollback-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

test('keeps moments with the rows at each, and asks for the rows of answered requests only', async () => {
  const artefacts = path.join(await folder(), 'new');
  const asked: unknown[] = [];
  const watch = await RollbackWatch.start(
    targetOf(async (_, values) => {
      asked.push(values);
      return [{ count: asked.length * 10 }];
    }),
  );
  await watch.begins('upgrade to N+1');
  const sentMs = performance.now();
  const sample = { sentMs, endedMs: sentMs + 5 };
  await watch.keep(artefacts, 20, [
    { ...sample, requestId: 'a' },
    { ...sample, requestId: 'b', failure: '503' },
  ]);
  expect(asked).toEqual([[], [], [['a']]]);
  expect(await readRollback(artefacts)).toMatchObject({
    stages: [
      { title: 'N serves', atMs: 0, rows: 10 },
      { title: 'upgrade to N+1', rows: 20, requests: 2, failed: 1 },
    ],
    answered: 1,
    rowsOfAnswered: 30,
  });
});

test('a database that can not be asked leaves the rows out, and no more', async () => {
  const artefacts = await folder();
  const watch = await RollbackWatch.start(targetOf(() => Promise.reject(new Error('away'))));
  await watch.keep(artefacts, 20, []);
  const record = await readRollback(artefacts);
  expect(record?.stages[0]).not.toHaveProperty('rows');
  expect(record).not.toHaveProperty('rowsOfAnswered');
});

test('a run without an upgrade has none', async () => {
  expect(await readRollback(await folder())).toBeUndefined();
});
