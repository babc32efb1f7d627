import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFlags, type ValuesOf } from '@meho/core/command-line/flags';
import { run } from '@meho/core/process/run';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFlag } from '../calling/node-flag.ts';
import { clusterFlags } from '../existing-cluster/cluster-flags.ts';
import { subjectFlags } from '../subject/subject-flags.ts';
import { commitOf, shardIdentity } from './shard-identity.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'meho-shard-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const git = (...args: readonly string[]) =>
  run('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { timeoutMs: 30_000 });

test('a shard names its commit, and whether tracked files were changed since', async () => {
  await git('init', '--quiet');
  await writeFile(path.join(root, 'tracked'), 'a');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'a');
  const { stdout } = await git('rev-parse', 'HEAD');
  const commit = stdout.trim();
  // Reports of other shards may lie there.
  await writeFile(path.join(root, 'untracked'), 'b');
  expect(await commitOf(root)).toEqual({ commit, isDirty: false });
  await writeFile(path.join(root, 'tracked'), 'c');
  expect(await commitOf(root)).toEqual({ commit, isDirty: true });
});

test('without a commit there is no shard', async () => {
  await expect(commitOf(root)).rejects.toThrow(/expected .* to be a git work tree with a commit.*without --shard$/);
});

test('shards on nodes of different flavours are not put together', async () => {
  const flags = { ...subjectFlags, ...clusterFlags, ...nodeFlag };
  const optionsWith = async (...args: readonly string[]) => {
    const values = readFlags(flags, args).values as ValuesOf<typeof flags>;
    return (await shardIdentity({ ...values, repeat: 1 })).options;
  };
  expect(await optionsWith('--node=k3s')).toEqual(expect.arrayContaining(['node=k3s']));
  expect(await optionsWith()).not.toEqual(await optionsWith('--node=k3s'));
});
