import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, UsageError } from '@meho/core/problem';
import { run } from '@meho/core/process/run';
import pg from 'pg';
import { type PostgresVersion, postgresBinaries } from './postgres-binaries.ts';

/** A server of ours, for as long as this run. */
export interface ScratchPostgres extends AsyncDisposable {
  /** E.g. `17.10`. */
  readonly version: string;
  /** Holds its only socket: there is no port. */
  readonly readable: readonly string[];
  /** An empty database. @returns `USER:PASSWORD@/DATABASE?host=FOLDER` */
  readonly database: () => Promise<string>;
  /** As its owner, who is no superuser. */
  readonly connect: (database: string) => Promise<pg.Client>;
}

export interface ScratchRequest {
  readonly version: PostgresVersion;
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

const startMs = 60_000;
/** Longer than any run. */
const longestMs = 3_600_000;
const superuser = 'postgres';
const owner = 'scratch';

/** Postgres refuses to run as root; without a network, and gone with its starter. */
const asOrdinaryUser = ['--user', '--map-user=1000', '--map-group=1000', '--pid', '--fork', '--kill-child', '--net'];

const settings = {
  listen_addresses: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  max_connections: '20',
  shared_buffers: '32MB',
  max_parallel_maintenance_workers: '0',
};

/** @throws UsageError if there is no server to start, or it doesn't start */
export async function startScratch({ version, cacheFolder, signal }: ScratchRequest): Promise<ScratchPostgres> {
  const binaries = await postgresBinaries(version, cacheFolder, signal);
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'scratch-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [data, sockets, secret] = [path.join(folder, 'data'), path.join(folder, 's'), path.join(folder, 'password')];
  const passwords = { [superuser]: randomBytes(18).toString('hex'), [owner]: randomBytes(18).toString('hex') };
  await mkdir(sockets);
  await writeFile(secret, passwords[superuser] ?? '', { mode: 0o600 });
  const stop = new AbortController();
  let ended: string | undefined;
  try {
    await run(
      'unshare',
      [
        ...asOrdinaryUser,
        path.join(binaries, 'initdb'),
        ...[
          '-D',
          data,
          '-U',
          superuser,
          '--auth=scram-sha-256',
          `--pwfile=${secret}`,
          '--no-sync',
          '-E',
          'UTF8',
          '--locale=C',
        ],
      ],
      { timeoutMs: startMs, signal },
    );
    await rm(secret);
  } catch (error) {
    signal.throwIfAborted();
    throw notStarted(version, messageOf(error).split('\n').slice(0, 2).join(' '), error);
  }
  const server = run(
    'unshare',
    [
      ...asOrdinaryUser,
      path.join(binaries, 'postgres'),
      ...['-D', data, '-k', sockets],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { timeoutMs: longestMs, signal: AbortSignal.any([signal, stop.signal]) },
  ).then(
    () => {
      ended = 'it ended';
    },
    (error: unknown) => {
      ended = messageOf(error).split('\n').slice(0, 3).join(' ');
    },
  );
  stack.defer(async () => {
    stop.abort();
    await server;
  });
  const open = async (user: typeof superuser | typeof owner, database: string) => {
    const client = new pg.Client({
      host: sockets,
      user,
      password: passwords[user],
      database,
      connectionTimeoutMillis: 5_000,
    });
    // The pending query fails and reports it.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const admin = await whenReady(
    () => open(superuser, superuser),
    version,
    () => ended,
    signal,
  );
  stack.defer(() => admin.end());
  await admin.query(`CREATE ROLE ${owner} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD '${passwords[owner]}'`);
  const { rows } = await admin.query<{ version: string }>(
    "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
  );
  let made = 0;
  const resources = stack.move();
  return {
    version: rows[0]?.version ?? version,
    readable: [sockets],
    database: async () => {
      made += 1;
      // Asked for by several folders at once.
      const name = `scratch_${made}`;
      await admin.query(`CREATE DATABASE ${name} OWNER ${owner}`);
      return `${owner}:${passwords[owner]}@/${name}?host=${sockets}`;
    },
    connect: (database) => open(owner, database),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function whenReady<T>(
  attempt: () => Promise<T>,
  version: string,
  ended: () => string | undefined,
  signal: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + startMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const over = ended();
      if (over !== undefined || performance.now() > deadline) {
        throw notStarted(version, over ?? `it did not answer within ${startMs / 1000} s: ${messageOf(error)}`, error);
      }
      await pause(50, undefined, { signal });
    }
  }
}

function notStarted(version: string, seen: string, cause: unknown): UsageError {
  return new UsageError(
    [
      `--postgres: expected PostgreSQL ${version} to start, but ${seen}; leave --postgres out to execute without a server`,
    ],
    {
      cause,
    },
  );
}
