import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** Values by name, so that reports can name a secret without its value. */
export type Secrets = Readonly<Record<string, string>>;

export function secretsIn(text: string, secrets: Secrets): readonly string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

/** Returns entries like `file: name`. */
export async function secretsInFiles(folder: string, secrets: Secrets): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.isFile()) {
      const file = path.join(entry.parentPath, entry.name);
      const names = secretsIn(await readFile(file, 'latin1'), secrets);
      found.push(...names.map((name) => `${path.relative(folder, file)}: ${name}`));
    }
  }
  return found;
}

export interface WatchedArguments<T> {
  readonly result: T;
  /** Secret names with the program that leaked them. */
  readonly leaks: readonly string[];
  /** How often the marked process was seen; 0 proves nothing. */
  readonly sightings: number;
}

/**
 * Reads every process's arguments repeatedly while work runs.
 *
 * @param marker part of the watched process's arguments
 * @param work receives a promise that resolves once that process was seen
 */
export async function watchArguments<T>(
  marker: string,
  secrets: Secrets,
  work: (sighting: Promise<void>) => Promise<T>,
): Promise<WatchedArguments<T>> {
  const leaks = new Set<string>();
  let sightings = 0;
  let going = true;
  const seen = Promise.withResolvers<void>();
  const ended = work(seen.promise).finally(() => {
    going = false;
  });
  // Awaited below.
  ended.catch(() => undefined);
  while (going) {
    for (const line of await argumentLists()) {
      if (line.includes(marker)) {
        sightings += 1;
        seen.resolve();
      }
      for (const name of secretsIn(line, secrets)) {
        leaks.add(`${line.split(' ', 1)[0]}: ${name}`);
      }
    }
    await setImmediate();
  }
  return { result: await ended, leaks: [...leaks], sightings };
}

async function argumentLists(): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // The process may have ended.
  const texts = await Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return texts.map((text) => text.replaceAll('\0', ' '));
}
