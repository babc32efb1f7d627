import { link, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectMigrations } from './collect.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'meho-dumps-'));
  // Just under what one file may hold.
  await writeFile(
    path.join(folder, 'dump.sql'),
    "INSERT INTO audit_log VALUES ('0123456789abcdef');\n".repeat(314_572),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function folderOf(files: number): Promise<string> {
  const name = `of-${files}`;
  await mkdir(path.join(folder, name));
  for (let file = 1; file <= files; file += 1) {
    await link(path.join(folder, 'dump.sql'), path.join(folder, name, `000${file}_dump.sql`));
  }
  return name;
}

test('a folder of more than 128 MiB is refused by its name, and one of less is read', async () => {
  const signal = new AbortController().signal;
  const { migrations } = await collectMigrations([await folderOf(8)], folder, signal);
  expect(migrations).toHaveLength(8);
  await expect(collectMigrations([await folderOf(9)], folder, signal)).rejects.toThrow(
    /^of-9: expected at most 128 MiB of migrations, and there are more; name the folder that holds them$/,
  );
});
