import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '@meho/core/process/run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkMigrations } from './compat.ts';
import { ofCommits } from './rules/testing/cases-of.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'range-'));
  await git('init', '--quiet', '--initial-branch', 'main');
  await writeFile(path.join(folder, '1_edited.sql'), 'CREATE TABLE a (id int);\n');
  await writeFile(path.join(folder, '2_deleted.sql'), 'CREATE TABLE b (id int);\n');
  await writeFile(path.join(folder, '3_left.sql'), 'CREATE TABLE c (id int);\n');
  await commit('first');
  await writeFile(path.join(folder, '1_edited.sql'), 'CREATE TABLE a (id bigint);\n');
  await rm(path.join(folder, '2_deleted.sql'));
  await commit('second');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function git(...args: readonly string[]): Promise<void> {
  const author = ['-c', 'user.name=ci', '-c', 'user.email=ci@example.com'];
  await run('git', [...author, ...args], { cwd: folder, timeoutMs: 60_000 });
}

async function commit(message: string): Promise<void> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
}

const judge = (range: string) =>
  checkMigrations({
    ...{ cwd: folder, paths: [], range, failOn: 'error', signal: new AbortController().signal },
    ...{ allowUnjudged: false, assumeLockTimeout: true },
  });

test('each rule of commits finds what it is for, at the file that the commits rewrote', async () => {
  const { outcome, files } = await judge('HEAD~1..HEAD');
  const found = files.flatMap(({ path, findings }) => findings.map(({ rule }) => [rule, path]));
  expect(found).toEqual([
    ['edited-migration', '1_edited.sql'],
    ['deleted-migration', '2_deleted.sql'],
  ]);
  expect(found.map(([rule]) => rule).toSorted()).toEqual(ofCommits.toSorted());
  expect(outcome).toBe('compatible');
});

test('commits that rewrite nothing have nothing against them', async () => {
  expect(await judge('HEAD..HEAD')).toMatchObject({ outcome: 'compatible', files: [] });
});
