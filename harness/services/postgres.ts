import { randomBytes } from 'node:crypto';
import { postgresTarget } from '@meho/contract/postgres/target';
import { type PostgresLogin, postgresUriOf } from '@meho/contract/postgres/uri-of';
import type { RunIdentity } from '@meho/core/runs/identity';
import { holds, type Observation } from '@meho/core/wait/wait-for';
import pg from 'pg';
import { asyncpg, createAdministrator, createDatabase, type Database, type DatabaseServer } from './database.ts';
import { removeOf } from './external-postgres.ts';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

/** Contract: the chart allows Postgres on tcp/5432 (seed, "NetworkPolicy"). */
const postgresPort = 5432;
const deadlineMs = 60_000;

export interface PostgresVersions {
  /** e.g. `17.6` */
  readonly server: string;
  /** e.g. `0.8.0`; undefined without pgvector. */
  readonly pgvector: string | undefined;
}

/**
 * Releases use `createDatabase` and never get the superuser password.
 * @throws Problem with the end of the log, after removing everything
 */
export async function startPostgres(
  place: ServicePlace,
  password = randomBytes(24).toString('base64url'),
): Promise<StartedPostgres> {
  const service = await StartedService.start<PostgresVersions>({
    ...place,
    what: 'postgres',
    port: postgresPort,
    environment: {
      POSTGRES_USER: superuser,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: superuser,
      POSTGRES_INITDB_ARGS: '--no-sync',
    },
    // Data only has to survive a restart of the server, not of the machine.
    command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off'],
    deadlineMs,
    probe: (endpoint) => askVersions(endpoint, password),
  });
  // One that outlives the run needs to know whose each database is.
  return new StartedPostgres(service, password, place.running === undefined ? undefined : JSON.stringify(place.labels));
}

const superuser = 'postgres';

export interface PostgresState {
  readonly id: string;
  readonly password: string;
}

export class StartedPostgres extends ServiceHandle<PostgresVersions> {
  readonly #password: string;
  readonly #mark: string | undefined;

  constructor(service: StartedService<PostgresVersions>, password: string, mark?: string) {
    super(service);
    this.#password = password;
    this.#mark = mark;
  }

  /** For another process to attach to. Secret. */
  get state(): PostgresState {
    return { id: this.id, password: this.#password };
  }

  get versions(): PostgresVersions {
    return this.service.answer;
  }

  /** @param purpose part of its name, e.g. `cold-install` */
  createDatabase(purpose: string): Promise<Database> {
    return createDatabase(purpose, this.#server);
  }

  /**
   * Like external ones: may create roles and databases, but isn't superuser.
   * @returns its URL from this machine, with password
   */
  createAdministrator(): Promise<string> {
    return createAdministrator(this.#server);
  }

  /** Databases that runs which attached to it have left. */
  removeOf(isMeant: (run: RunIdentity) => boolean | Promise<boolean>): Promise<readonly string[]> {
    return removeOf(this.#server, isMeant);
  }

  get #server(): DatabaseServer {
    const at = ({ host, port }: Endpoint) => [{ name: host, port }];
    const admin = { user: superuser, password: this.#password, database: superuser };
    const fromTests = (login: PostgresLogin) => postgresUriOf(at(this.service.endpoint), login);
    return {
      admin,
      ...(this.#mark === undefined ? {} : { mark: this.#mark }),
      target: () => postgresTarget(`${fromTests(admin)}?sslmode=disable`),
      urls: {
        fromPods: (login) =>
          postgresUriOf([{ name: this.service.address, port: postgresPort }], login).replace(/^postgresql:/, asyncpg),
        fromTests,
      },
    };
  }
}

/** The official image first runs a server without TCP: only an answer over TCP is final. */
async function askVersions(endpoint: Endpoint, password: string): Promise<Observation<PostgresVersions>> {
  const client = new pg.Client({
    ...endpoint,
    user: superuser,
    password,
    database: superuser,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  // A server dying at start-up breaks the connection; the query reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server: string; pgvector: string | null }>(
      `SELECT current_setting('server_version') AS server,
              (SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS pgvector`,
    );
    const [row] = rows;
    return row === undefined
      ? { state: 'not-yet', observed: 'it answered without a row' }
      : holds({ server: row.server.split(' ')[0] ?? row.server, pgvector: row.pgvector ?? undefined });
  } finally {
    await client.end().catch(() => undefined);
  }
}
