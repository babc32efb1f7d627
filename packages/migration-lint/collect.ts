import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as oneTurn } from 'node:timers/promises';
import { readBounded, whyUnreadable } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { environmentFinder } from './environment.ts';
import { filesBelow } from './files-below.ts';
import type { MigrationFile } from './lint.ts';

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

export interface Collected {
  readonly migrations: readonly MigrationFile[];
  readonly skipped: readonly Skipped[];
}

/** Far more than anybody has migrated: a folder of dumps, named by mistake. */
const MOST_BYTES = 128 * 1024 * 1024;

/**
 * Searches folders recursively.
 * @param cwd base of relative paths, which are reported as given
 * @throws UsageError for paths that are missing, unreadable or no migration, and for empty folders
 */
export async function collectMigrations(
  paths: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<Collected> {
  const problems: string[] = [];
  const migrations: MigrationFile[] = [];
  const skipped: Skipped[] = [];
  let bytes = 0;
  const environmentOf = environmentFinder((file) => textOrNothing(path.resolve(cwd, file)));
  for (const given of paths) {
    try {
      const isFolder = (await stat(path.resolve(cwd, given))).isDirectory();
      const below = isFolder ? await filesBelow(given, { cwd, signal }) : { files: [given], skipped: [] };
      skipped.push(...below.skipped);
      let found = 0;
      for (const file of below.files) {
        // Reading alone would let no signal in.
        await oneTurn(undefined, { signal });
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
          bytes += text.length;
          if (bytes > MOST_BYTES) {
            throw new UsageError([
              `${given}: expected at most ${MOST_BYTES / 1024 / 1024} MiB of migrations, and there are more; name the folder that holds them`,
            ]);
          }
        }
      }
      if (found === 0) {
        problems.push(
          `${given}: expected ${isFolder ? 'a folder with at least one migration' : 'a migration'} (.sql, or .py with upgrade()), found none`,
        );
      }
    } catch (error) {
      signal.throwIfAborted();
      problems.push(
        error instanceof UsageError
          ? error.message
          : `${given}: expected a folder or file that can be read (${whyUnreadable(error)})`,
      );
    }
  }
  if (problems.length > 0) {
    throw new UsageError(problems);
  }
  return { migrations, skipped };
}

/** `x_down.sql` reverts `x_up.sql`; without one, `break_down.sql` is an ordinary migration. */
export function upOf(file: string): string | undefined {
  return /[_-]down\.sql$/i.test(file) ? file.replace(/down(?=\.sql$)/i, 'up') : undefined;
}

/** @param hasUp whether `upOf(file)` exists */
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

/** @throws UsageError unless UTF-8: a wrong character could hide a statement */
function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError([`${file}: expected text in UTF-8`]);
  }
}

/** Without an `env.py`, Alembic's defaults apply. */
async function textOrNothing(file: string): Promise<string | undefined> {
  return (await isThere(file)) ? new TextDecoder().decode(readBounded(file)) : undefined;
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
