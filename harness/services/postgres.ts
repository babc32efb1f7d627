import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { postgresTarget } from '../contract/postgres/target.ts';
import { type PostgresLogin, postgresUriOf } from '../contract/postgres/uri-of.ts';
import { holds, type Observation } from '../wait/wait-for.ts';
import { asyncpg, createAdministrator, createDatabase, type Database, type DatabaseServer } from './database.ts';
import { type Endpoint, type ServicePlace, StartedService } from './service.ts';
import { ServiceHandle } from './service-handle.ts';

/** Contract: the chart's policy allows Postgres on tcp/5432 (seed, "NetworkPolicy"). */
const postgresPort = 5432;
const deadlineMs = 60_000;

/** The server's own words about itself, for the report. */
export interface PostgresVersions {
  /** e.g. `17.6` */
  readonly server: string;
  /** e.g. `0.8.0`; undefined where the server doesn't offer pgvector. */
  readonly pgvector: string | undefined;
}

/**
 * Starts Postgres beside the cluster with a random superuser password, which is told to nobody: each release gets a
 * database and a role of its own from `createDatabase`.
 *
 * @throws Problem with the end of the server's log; nothing is left behind then
 */
export async function startPostgres(place: ServicePlace): Promise<StartedPostgres> {
  const password = randomBytes(24).toString('base64url');
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
    // Its data goes with the run: what survives a stop of the server needn't survive one of the machine.
    command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off'],
    deadlineMs,
    probe: (endpoint) => askVersions(endpoint, password),
  });
  return new StartedPostgres(service, password);
}

const superuser = 'postgres';

/** Data survives an outage. */
export class StartedPostgres extends ServiceHandle<PostgresVersions> {
  readonly #password: string;

  constructor(service: StartedService<PostgresVersions>, password: string) {
    super(service);
    this.#password = password;
  }

  get versions(): PostgresVersions {
    return this.service.answer;
  }

  /**
   * Makes a fresh database owned by a fresh role with a random password.
   *
   * @param purpose becomes part of its name, e.g. `cold-install`
   */
  createDatabase(purpose: string): Promise<Database> {
    return createDatabase(purpose, this.#server);
  }

  /**
   * Makes an administrator as others have one: it may create roles and databases, and is no superuser.
   *
   * @returns its URL as this machine reaches the server, with its password
   */
  createAdministrator(): Promise<string> {
    return createAdministrator(this.#server);
  }

  get #server(): DatabaseServer {
    const at = ({ host, port }: Endpoint) => [{ name: host, port }];
    const admin = { user: superuser, password: this.#password, database: superuser };
    const fromTests = (login: PostgresLogin) => postgresUriOf(at(this.service.endpoint), login);
    return {
      admin,
      target: () => postgresTarget(`${fromTests(admin)}?sslmode=disable`),
      urls: {
        fromPods: (login) =>
          postgresUriOf([{ name: this.service.address, port: postgresPort }], login).replace(/^postgresql:/, asyncpg),
        fromTests,
      },
    };
  }
}

/** During its first start the official image runs a server without TCP: an answer over TCP is the real server's. */
async function askVersions(endpoint: Endpoint, password: string): Promise<Observation<PostgresVersions>> {
  const client = new pg.Client({
    ...endpoint,
    user: superuser,
    password,
    database: superuser,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  // A server that ends while it starts breaks the connection; the query tells.
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
