import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parsePython } from './alembic/parse-python.ts';
import { classify } from './collect.ts';
import { lintFile, type MigrationFile, prepareLint } from './lint.ts';
import { parseSql } from './sql/parser.ts';

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
  const migrations = await migrationsOf(folder, count);
  const started = performance.now();
  let findings = 0;
  for (const migration of migrations) {
    findings += lintFile(migration, { allowUnjudged: false, assumeLockTimeout: false }).findings.length;
  }
  return { files: count, durationMs: performance.now() - started, findings };
}

/** How long it takes only to parse the same, in milliseconds: what no lint of them can do without. */
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
