import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import { expect, onTestFinished, test } from 'vitest';
import { filesBelow } from './files-below.ts';

const { signal } = new AbortController();

/** Makes folders with a migration each. */
async function place(...folders: readonly string[]): Promise<string> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'files-below-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  for (const folder of folders) {
    await mkdir(path.join(cwd, folder), { recursive: true });
    await writeFile(path.join(cwd, folder, 'a.sql'), 'SELECT 1;');
  }
  return cwd;
}

test('folders that all link to each other: each migration once, by its own name', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `m/f${String(at).padStart(2, '0')}`);
  const cwd = await place(...names);
  for (const from of names) {
    for (const to of names) {
      await symlink(path.join(cwd, to), path.join(cwd, from, `to-${path.basename(to)}`));
    }
  }
  const { files, skipped } = await filesBelow('m', { cwd, signal });
  expect(files).toEqual(names.map((name) => `${name}/a.sql`));
  expect(skipped).toHaveLength(12 * 12);
  expect(skipped[0]?.reason).toBe('a link to a folder that is judged already, or that it is in');
});

test('a link out of the folder is followed, and once', async () => {
  const cwd = await place('m/own', 'elsewhere/below');
  await symlink('../elsewhere', path.join(cwd, 'm', 'b'));
  await symlink('../elsewhere/below', path.join(cwd, 'm', 'c'));
  const { files, skipped } = await filesBelow('m', { cwd, signal });
  expect(files).toEqual(['m/b/below/a.sql', 'm/own/a.sql']);
  expect(skipped.map(({ path: where }) => where)).toEqual(['m/c']);
});

test.each([
  [{ entries: 5, files: 9 }, 'm: expected at most 5 files and folders below it, and there are more'],
  [{ entries: 9, files: 2 }, 'm: expected at most 2 .sql and .py files below it, and there are more'],
])('more than %j is refused, and as many are not', async (most, refused) => {
  const cwd = await place('m/a', 'm/b', 'm/c');
  const error: unknown = await filesBelow('m', { cwd, signal, most }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect(error).toMatchObject({ message: `${refused}; name the folder that holds the migrations` });
  const enough = { entries: 6, files: 3 };
  expect((await filesBelow('m', { cwd, signal, most: enough })).files).toHaveLength(3);
});

test('a signal ends the search', async () => {
  const cwd = await place('m/a');
  const aborted = AbortSignal.abort(new Error('interrupted'));
  await expect(filesBelow('m', { cwd, signal: aborted })).rejects.toThrow('interrupted');
});
