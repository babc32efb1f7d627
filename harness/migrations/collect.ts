import { access, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { readBounded } from '../bounded-file.ts';
import { messageOf, UsageError } from '../problem.ts';
import { environmentFinder } from './environment.ts';
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
  const environmentOf = environmentFinder((file) => textOrNothing(path.resolve(cwd, file)));
  for (const given of paths) {
    try {
      const isFolder = (await stat(path.resolve(cwd, given))).isDirectory();
      const files = isFolder ? await filesBelow(given, cwd, skipped) : [given];
      let found = 0;
      for (const file of files) {
        const text = decode(readBounded(path.resolve(cwd, file)), file);
        const up = upOf(file);
        const sorted = classify(file, text, up !== undefined && (await isThere(path.resolve(cwd, up))));
        if ('reason' in sorted) {
          skipped.push(sorted);
        } else {
          migrations.push(
            sorted.language === 'python' ? { ...sorted, environment: await environmentOf(file) } : sorted,
          );
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

/** The file that `x_down.sql` takes back, if it is one: `x_up.sql`. Without it the name is only a name (`break_down.sql`). */
export function upOf(file: string): string | undefined {
  return /[_-]down\.sql$/i.test(file) ? file.replace(/down(?=\.sql$)/i, 'up') : undefined;
}

/** Whether a file is a migration, by its name and what it defines. @param hasUp `upOf(file)` is there */
export function classify(file: string, text: string, hasUp: boolean): MigrationFile | Skipped {
  if (/\.sql$/i.test(file)) {
    return hasUp || /(?:^|[./\\])down\.sql$/i.test(file)
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

/** Without an `env.py`, a migration is judged by Alembic's defaults. */
async function textOrNothing(file: string): Promise<string | undefined> {
  return (await isThere(file)) ? new TextDecoder().decode(readBounded(file)) : undefined;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** The files of a folder and of all below it, links to folders included. @param above folders that lead here, by their real paths */
async function filesBelow(
  folder: string,
  cwd: string,
  skipped: Skipped[],
  above: readonly string[] = [],
): Promise<string[]> {
  const own = await realpath(path.resolve(cwd, folder));
  if (above.includes(own)) {
    skipped.push({ path: folder, reason: 'a link to a folder that it is in' });
    return [];
  }
  const entries = await readdir(own, { withFileTypes: true });
  const files = await Promise.all(
    entries.map(async (entry) => {
      const name = path.join(folder, entry.name);
      const isMigration = /\.(?:sql|py)$/i.test(entry.name);
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && !isMigration && (await isFolderAt(path.resolve(cwd, name))));
      if (!isFolder) {
        return isMigration ? [name] : [];
      }
      if (entry.name.startsWith('.') || ignoredFolders.has(entry.name)) {
        skipped.push({ path: name, reason: 'a folder of tools: name it to have it judged' });
        return [];
      }
      return filesBelow(name, cwd, skipped, [...above, own]);
    }),
  );
  return files.flat().sort();
}

async function isFolderAt(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    // A link that leads nowhere, and is no migration by its name.
    () => false,
  );
}
