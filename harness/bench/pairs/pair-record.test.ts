import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Pair, PairRecord } from './pair-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pairs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pair: Pair = {
  subject: 'smoke',
  own: { wallMs: 100, cpuMs: 80 },
  baseline: { wallMs: 200, cpuMs: 160 },
  load: 0.1,
};

test('pairs of the same two commits are kept, of others not', async () => {
  await new PairRecord(folder, 'aaa', 'bbb').add(pair);
  await new PairRecord(folder, 'aaa', 'ccc').add(pair);
  expect(await new PairRecord(folder, 'aaa', 'bbb').read()).toEqual([expect.objectContaining(pair)]);
  expect(await new PairRecord(folder, 'ddd', 'bbb').read()).toEqual([]);
});

test('a tree with changes begins anew', async () => {
  const record = new PairRecord(folder, 'aaa-dirty', 'bbb');
  await record.add(pair);
  expect(await record.read()).toEqual([]);
});

test('a line that was cut off is taken again', async () => {
  const record = new PairRecord(folder, 'aaa', 'bbb');
  await record.add(pair);
  await appendFile(record.file, '{"ownCommit":"aaa","baseli');
  expect(await record.read()).toHaveLength(1);
});
