import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '@meho/core/problem';
import type { Skipped } from './collect.ts';

const ignoredFolders = new Set(['node_modules', '__pycache__', 'venv']);

/** For a whole file system, named by mistake. */
const mostBelow: Most = { entries: 100_000, files: 10_000 };

export interface Most {
  /** Files and folders. */
  readonly entries: number;
  /** Those in `.sql` and `.py`. */
  readonly files: number;
}

export interface Below {
  /** Sorted. */
  readonly files: readonly string[];
  readonly skipped: readonly Skipped[];
}

/**
 * Searches recursively, each folder once, by whichever links it is reached.
 * @param cwd base of relative paths, which are reported as given
 * @throws UsageError for more than `most`, the signal's reason, and system errors
 */
export async function filesBelow(
  folder: string,
  { cwd, signal, most = mostBelow }: { readonly cwd: string; readonly signal: AbortSignal; readonly most?: Most },
): Promise<Below> {
  const files: string[] = [];
  const skipped: Skipped[] = [];
  const seen = new Set<string>();
  let entries = 0;
  // Links wait: what is there by itself is reported by its own name.
  const links: string[] = [];
  const folders = [{ name: folder, real: await realpath(path.resolve(cwd, folder)) }];
  const visit = async ({ name, real }: (typeof folders)[number]) => {
    seen.add(real);
    const found = await readdir(real, { withFileTypes: true });
    entries += found.length;
    for (const entry of found) {
      const below = path.join(name, entry.name);
      const isMigration = /\.(?:sql|py)$/i.test(entry.name);
      const isLink = entry.isSymbolicLink() && !isMigration && (await isFolderAt(path.resolve(cwd, below)));
      if (!entry.isDirectory() && !isLink) {
        files.push(...(isMigration ? [below] : []));
      } else if (entry.name.startsWith('.') || ignoredFolders.has(entry.name)) {
        skipped.push({ path: below, reason: 'a folder of tools: name it to have it judged' });
      } else if (isLink) {
        links.push(below);
      } else {
        folders.push({ name: below, real: path.join(real, entry.name) });
      }
    }
  };
  while (folders.length > 0 || links.length > 0) {
    signal.throwIfAborted();
    const next = folders.pop() ?? (await behind(links.sort().shift() ?? '', cwd));
    if (seen.has(next.real)) {
      skipped.push({ path: next.name, reason: 'a link to a folder that is judged already, or that it is in' });
    } else {
      await visit(next);
    }
    if (entries > most.entries || files.length > most.files) {
      const bound = entries > most.entries ? `${most.entries} files and folders` : `${most.files} .sql and .py files`;
      throw new UsageError([
        `${folder}: expected at most ${bound} below it, and there are more; name the folder that holds the migrations`,
      ]);
    }
  }
  return { files: files.sort(), skipped };
}

async function behind(link: string, cwd: string): Promise<{ readonly name: string; readonly real: string }> {
  return { name: link, real: await realpath(path.resolve(cwd, link)) };
}

async function isFolderAt(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    // A dangling link whose name is no migration's.
    () => false,
  );
}
