import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { removeFolders, scratchFolder, temporaryFolders } from '@meho/core/runs/temporary';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isDead } from './remove-runs.ts';

async function foldersAround(path: string) {
  return (await temporaryFolders()).filter((folder) => path.startsWith(folder.path));
}

test('a folder for one piece of work is ours alone while it is used, and gone afterwards', async () => {
  let path: string;
  {
    await using folder = await scratchFolder('work');
    path = folder.path;
    await writeFile(join(path, 'file'), 'text');
    expect((await stat(path)).mode & 0o077).toBe(0);
    const [around, ...more] = await foldersAround(path);
    expect(more).toEqual([]);
    expect(around && (await isDead(around.run))).toBe(false);
  }
  await expect(access(path)).rejects.toThrow('ENOENT');
  expect(await foldersAround(path)).toEqual([]);
});

test('that of a killed process is found as dead and can be removed', async () => {
  const script = `
    import { scratchFolder } from ${JSON.stringify(import.meta.resolve('@meho/core/runs/temporary'))};
    console.log((await scratchFolder('work')).path);
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  const path = first.toString().trim();
  const [around] = await foldersAround(path);
  expect(around && (await isDead(around.run))).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await access(path);
  expect(around && (await isDead(around.run))).toBe(true);
  await removeFolders(around === undefined ? [] : [around]);
  await expect(access(path)).rejects.toThrow('ENOENT');
});

test('nothing is put where somebody else has laid a link for it', async () => {
  const shared = await mkdtemp(join(tmpdir(), 'shared-'));
  const theirs = await mkdtemp(join(tmpdir(), 'theirs-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([shared, theirs].map((path) => rm(path, { recursive: true })));
  });
  await symlink(theirs, join(shared, `meho-acceptance-${userInfo().uid}`));
  vi.stubEnv('TMPDIR', shared);
  await expect(scratchFolder('work')).rejects.toThrow(/own/);
  expect(await readdir(theirs)).toEqual([]);
});
