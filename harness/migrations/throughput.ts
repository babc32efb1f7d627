import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { classify } from './collect.ts';
import { lintFile, type MigrationFile, prepareLint } from './lint.ts';

export interface Throughput {
  readonly files: number;
  readonly durationMs: number;
  readonly findings: number;
}

/**
 * How long the lint takes for `count` migrations: those of a folder over and over, each under a name of its own. Reading
 * them from the disk is not part of it.
 */
export async function measureLint(folder: string, count: number): Promise<Throughput> {
  const names = (await readdir(folder)).filter((name) => /\.(?:sql|py)$/.test(name));
  const sorted = await Promise.all(
    names.map(async (name) => classify(name, await readFile(path.join(folder, name), 'utf8'))),
  );
  const migrations = sorted.filter((file): file is MigrationFile => 'language' in file);
  await prepareLint();
  const started = performance.now();
  let findings = 0;
  for (let index = 0; index < count; index += 1) {
    const migration = migrations[index % migrations.length];
    if (migration !== undefined) {
      findings += lintFile(
        { ...migration, path: `${index}_${migration.path}` },
        { strict: true, assumeLockTimeout: false },
      ).findings.length;
    }
  }
  return { files: count, durationMs: performance.now() - started, findings };
}
