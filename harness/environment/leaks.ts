import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** Looks for things that must not be seen. Where one is found it is told by name: its value stays out of the report. */
export type Secrets = Readonly<Record<string, string>>;

/** The names of those that a text holds. */
export function secretsIn(text: string, secrets: Secrets): readonly string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

/** Files below a folder that hold one, as `file: name`. */
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
  /** Every argument list that held a secret, by the secret's name and the program. */
  readonly leaks: readonly string[];
  /** How often a process was seen whose arguments hold the text that names what is watched: 0 shows nothing. */
  readonly sightings: number;
}

/**
 * Reads the argument lists of all processes of this machine over and over while some work goes on.
 *
 * @param marker part of the watched process's own arguments, to show that it was looked at
 * @param work gets what is fulfilled once the watched process was seen
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
  // It is awaited below, when the last look was taken.
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
  // A process may end between the two looks; it is not to be seen any more then.
  const texts = await Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return texts.map((text) => text.replaceAll('\0', ' '));
}
