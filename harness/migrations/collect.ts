import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UsageError } from '../problem.ts';
import type { MigrationFile } from './lint.ts';

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Collected {
  readonly migrations: readonly MigrationFile[];
  /** What was found beside them and why it isn't judged. */
  readonly skipped: readonly Skipped[];
}

const ignoredFolders = new Set(['node_modules', '__pycache__', 'venv']);

/**
 * The migrations in folders (with all below them) and files.
 *
 * @param cwd what relative paths start from; paths are reported as they were given
 * @throws UsageError for what isn't there, can't be read or is no migration, and for folders without any
 */
export async function collectMigrations(paths: readonly string[], cwd: string): Promise<Collected> {
  const problems: string[] = [];
  const migrations: MigrationFile[] = [];
  const skipped: Skipped[] = [];
  for (const given of paths) {
    try {
      const isFolder = (await stat(path.resolve(cwd, given))).isDirectory();
      const files = isFolder ? await filesBelow(given, cwd) : [given];
      let found = 0;
      for (const file of files) {
        const sorted = classify(file, decode(await readFile(path.resolve(cwd, file)), file));
        if ('reason' in sorted) {
          skipped.push(sorted);
        } else {
          migrations.push(sorted);
          found += 1;
        }
      }
      if (found === 0) {
        problems.push(
          `${given}: expected ${isFolder ? 'a folder with at least one migration' : 'a migration'} (.sql, or .py with upgrade()), found none`,
        );
      }
    } catch (error) {
      problems.push(
        error instanceof UsageError
          ? error.message
          : `${given}: expected a folder or file that can be read (${messageOf(error)})`,
      );
    }
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return { migrations, skipped };
}

/** Whether a file is a migration, by its name and what it defines. */
export function classify(file: string, text: string): MigrationFile | Skipped {
  if (/\.sql$/i.test(file)) {
    return /(?:^|[._/-])down\.sql$/i.test(file)
      ? { path: file, reason: 'a down migration: it runs only when somebody asks for it' }
      : { path: file, language: 'sql', text };
  }
  if (/\.py$/.test(file)) {
    return /^(?:async\s+)?def\s+upgrade\b|^(?:upgrade|(?:down_)?revision)\s*[:=]|^from\s.*\bupgrade\b/m.test(text)
      ? { path: file, language: 'python', text }
      : { path: file, reason: 'no Alembic migration: it has neither upgrade() nor a revision' };
  }
  return { path: file, reason: 'neither .sql nor .py' };
}

/** @throws UsageError where the file is not UTF-8: a wrong character could hide a statement */
function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError([`${file}: expected text in UTF-8`]);
  }
}

async function filesBelow(folder: string, cwd: string): Promise<string[]> {
  const entries = await readdir(path.resolve(cwd, folder), { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => {
      const name = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        return entry.name.startsWith('.') || ignoredFolders.has(entry.name) ? [] : filesBelow(name, cwd);
      }
      return /\.(?:sql|py)$/i.test(entry.name) ? [name] : [];
    }),
  );
  return files.flat().sort();
}
