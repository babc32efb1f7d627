import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markUsed, removeUnused } from './unused.ts';

test('what was used lately stays, the rest goes', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'unused-'));
  await mkdir(join(cache, 'programs', 'old'), { recursive: true });
  await mkdir(join(cache, 'programs', 'new'));
  await mkdir(join(cache, 'rootfs'));
  await writeFile(join(cache, 'rootfs', 'old.tar'), '');
  const now = Date.now();
  const longAgo = new Date(now - 31 * 24 * 60 * 60_000);
  for (const path of ['programs/old', 'rootfs/old.tar']) {
    await markUsed(join(cache, path), longAgo);
  }
  await markUsed(join(cache, 'absent'));
  await removeUnused(cache, now);
  expect(await readdir(join(cache, 'programs'))).toEqual(['new']);
  expect(await readdir(join(cache, 'rootfs'))).toEqual([]);
  await removeUnused(join(cache, 'absent'), now);
  await rm(cache, { recursive: true });
});
