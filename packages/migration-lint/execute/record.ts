import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readBoundedText } from '@meho/core/bounded-file';
import { UsageError } from '@meho/core/problem';
import { CommandError } from '@meho/core/process/run';
import type { Driver } from '../environment.ts';
import type { MigrationFile } from '../lint.ts';
import { catalogueQuery, locksQuery } from '../observe/catalogue-query.ts';
import type { Observed } from '../observe/observation.ts';
import { notIsolated, runIsolated } from './isolation.ts';
import type { Python } from './python.ts';
import { type Recording, RecordingReader } from './recording.ts';

export interface RecordRequest {
  /** Of these, Alembic's are run. Paths are relative to `root`. */
  readonly migrations: readonly MigrationFile[];
  readonly root: string;
  readonly python: Python;
  readonly server?: ScratchServer | undefined;
  /** On the server, also looks up what each did. */
  readonly observe?: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A Postgres whose databases are for being migrated. */
interface ScratchServer {
  /** What its socket is in, if it has one. */
  readonly readable: readonly string[];
  /** An empty database. @returns `USER:PASSWORD@/DATABASE?host=FOLDER` */
  readonly database: () => Promise<string>;
}

export interface Recorded {
  /** By the paths of `migrations`. */
  readonly recordings: ReadonlyMap<string, Recording>;
  readonly observations: ReadonlyMap<string, Observed>;
  /** E.g. `python 3.12.1, alembic 1.17.2, sqlalchemy 2.1.9`. */
  readonly about: string;
}

const maxOutput = 128 * 1024 * 1024;

/**
 * Lets Alembic run every migration's `upgrade()`, isolated, and reads what it sends.
 * @throws UsageError without isolation, or if Python has no Alembic or, for a server, no driver
 */
export async function recordMigrations(request: RecordRequest): Promise<Recorded> {
  const { migrations, root, python, server, timeoutMs, signal } = request;
  const observe = request.observe === true ? { catalogue: catalogueQuery, locks: locksQuery } : undefined;
  const files = migrations.filter(({ language }) => language === 'python');
  if (files.length === 0) {
    return { recordings: new Map(), observations: new Map(), about: 'nothing of Alembic' };
  }
  const absolute = new Map(files.map((file) => [path.resolve(root, file.path), file]));
  const projects = await Promise.all(
    [...new Set([...absolute.keys()].map((file) => path.dirname(file)))].map(projectOf),
  );
  const groups = await Promise.all(
    projects.map(async ({ versions, helpers }) => ({
      helpers: [`${helpers}/`],
      files: [...absolute.keys()].filter((file) => path.dirname(file) === versions),
      all: await pythonFiles(versions),
      driver: driverOf(files.filter((file) => path.dirname(path.resolve(root, file.path)) === versions)),
      url: await server?.database(),
    })),
  );
  const reader = new RecordingReader();
  const script = path.join(import.meta.dirname, 'recorder.py');
  const search = [...new Set(projects.flatMap(({ search }) => search))];
  let broke: string | undefined;
  try {
    await runIsolated({
      command: [python.executable, '-I', script],
      readable: [
        script,
        ...python.folders,
        ...projects.map(({ versions }) => versions),
        ...search,
        ...(server?.readable ?? []),
      ],
      environment: { HOME: '/.home', LANG: 'C.UTF-8', PATH: '/usr/bin:/bin', TMPDIR: '/.home/tmp' },
      stdin: (canary) => JSON.stringify({ canary, path: search, groups, observe }),
      timeoutMs,
      maxOutput,
      onLine: (line) => reader.read(line),
      signal,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    broke = whyBroken(error, timeoutMs);
  }
  if (reader.reached === undefined) {
    throw notIsolated(`Python did not start in isolation${broke === undefined ? '' : ` (${broke})`}`);
  }
  if (reader.reached.length > 0) {
    throw notIsolated(`what ran could reach the ${reader.reached.join(', ')} outside`);
  }
  if (reader.isDriverless) {
    throw new UsageError([
      `--postgres: expected psycopg, psycopg2 or asyncpg beside ${python.executable}, found none; install the one that env.py names there, or leave --postgres out`,
    ]);
  }
  if (reader.versions === undefined) {
    throw new UsageError([
      `--execute: expected Alembic and SQLAlchemy beside ${python.executable}, found none; install them there or name another with --python`,
    ]);
  }
  const recordings = new Map<string, Recording>();
  for (const [file, { path: given }] of absolute) {
    recordings.set(given, reader.byFile.get(file) ?? unfinished(file, reader, broke));
  }
  const observations = new Map<string, Observed>();
  for (const [file, { path: given }] of absolute) {
    const observation = reader.observations.get(file);
    if (observation !== undefined) {
      observations.set(given, observation);
    }
  }
  return { recordings, observations, about: reader.versions };
}

/** As the folder's own env.py names it; asyncpg is the strictest. */
function driverOf(files: readonly MigrationFile[]): Driver {
  const named = files.flatMap(({ environment }) => environment?.driver ?? []);
  return named.includes('asyncpg') ? 'asyncpg' : (named[0] ?? 'psycopg');
}

function unfinished(file: string, { current }: RecordingReader, broke: string | undefined): Recording {
  const why = broke ?? 'Python ended before';
  const failed =
    current === file ? why : `not run: ${current === undefined ? why : `${path.basename(current)}: ${why}`}`;
  return {
    depth: 'none',
    statements: [],
    failed,
    skipped: undefined,
    partial: [],
    complete: false,
    unseen: [],
    reads: false,
    behind: undefined,
  };
}

function whyBroken({ timedOut, overflowed, exitCode }: CommandError, timeoutMs: number): string {
  if (timedOut) {
    return `did not end within ${timeoutMs / 1000} s`;
  }
  return overflowed ? 'sent more than is read' : `ended Python with exit code ${exitCode ?? 'unknown'}`;
}

interface Project {
  readonly versions: string;
  /** What Python searches for modules, as `prepend_sys_path` has it. */
  readonly search: readonly string[];
  /** The project's own code. */
  readonly helpers: string;
}

/** Where `alembic.ini` is, up to four folders above, or the folder that the package is in. */
async function projectOf(versions: string): Promise<Project> {
  let folder = versions;
  for (let level = 0; level < 5; level += 1) {
    const text = textOrNothing(path.join(folder, 'alembic.ini'));
    if (text !== undefined) {
      const given = /^prepend_sys_path\s*=\s*(.*)$/m.exec(text)?.[1]?.trim() ?? '.';
      const here = folder;
      return {
        versions,
        helpers: here,
        search: given
          .split(/[\s,:;]+/)
          .filter((each) => each !== '')
          .map((each) => path.resolve(here, each.replaceAll('%(here)s', here))),
      };
    }
    folder = path.dirname(folder);
  }
  folder = versions;
  while (await isThere(path.join(path.dirname(folder), '__init__.py'))) {
    folder = path.dirname(folder);
  }
  return { versions, helpers: folder, search: folder === versions ? [] : [path.dirname(folder)] };
}

function textOrNothing(file: string): string | undefined {
  try {
    return readBoundedText(file);
  } catch {
    // Not there, or a folder.
    return undefined;
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function pythonFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names
    .filter((name) => name.endsWith('.py') && !name.startsWith('__'))
    .sort()
    .map((name) => path.join(folder, name));
}
