import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parsePython } from './alembic/syntax/parse-python.ts';
import { classify } from './collect.ts';
import { lintFile, type MigrationFile, prepareLint } from './lint.ts';
import { parseSql } from './sql/syntax/parser.ts';

export interface Throughput {
  readonly files: number;
  readonly durationMs: number;
  readonly findings: number;
}

/** Repeats a folder's files under distinct names; excludes reading them. */
export async function measureLint(folder: string, count: number): Promise<Throughput> {
  const migrations = await migrationsOf(folder, count);
  const started = performance.now();
  let findings = 0;
  for (const migration of migrations) {
    findings += lintFile(migration, { allowUnjudged: false, assumeLockTimeout: false }).findings.length;
  }
  return { files: count, durationMs: performance.now() - started, findings };
}

/** Milliseconds to parse alone, the lower bound of any lint. */
export async function measureParsing(folder: string, count: number): Promise<number> {
  const migrations = await migrationsOf(folder, count);
  const started = performance.now();
  for (const { language, text } of migrations) {
    if (language === 'python') {
      parsePython(text);
    } else {
      parseSql(text);
    }
  }
  return performance.now() - started;
}

async function migrationsOf(folder: string, count: number): Promise<readonly MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => /\.(?:sql|py)$/.test(name));
  const sorted = await Promise.all(
    names.map(async (name) => classify(name, await readFile(path.join(folder, name), 'utf8'), false)),
  );
  const migrations = sorted.filter((file): file is MigrationFile => 'language' in file);
  await prepareLint();
  return Array.from({ length: count }, (_, index) => {
    const migration = migrations[index % migrations.length];
    if (migration === undefined) {
      throw new Error(`expected migrations in ${folder}, found none`);
    }
    return { ...migration, path: `${index}_${migration.path}` };
  });
}
