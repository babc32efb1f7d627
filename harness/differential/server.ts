import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Enough to distinguish a scan from reading the first rows. */
export const rowsBefore = 30_000;

const base = 'corpus_base';
const name = 'corpus_n';

/** Recreated from a template for each migration. */
export class CorpusDatabase {
  readonly #server: Server;
  readonly #password = randomBytes(18).toString('base64url');

  constructor(server: Server) {
    this.#server = server;
  }

  async version(): Promise<string> {
    const [row] = await this.asSuperuser<{ version: string }>(
      'postgres',
      "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
    );
    return row?.version ?? 'unknown';
  }

  url(database: 'template' | 'copy', scheme = 'postgresql+asyncpg'): string {
    const { host, port } = this.#server;
    return `${scheme}://${name}:${this.#password}@${host}:${port}/${database === 'template' ? base : name}`;
  }

  async prepare(migrate: (url: string) => Promise<void>): Promise<void> {
    await this.remove();
    await this.asSuperuser('postgres', `CREATE ROLE ${name} LOGIN PASSWORD '${this.#password}'`);
    await this.asSuperuser('postgres', `CREATE DATABASE ${base} OWNER ${name}`);
    await migrate(this.url('template'));
    await this.asSuperuser(
      base,
      `INSERT INTO audit_log (occurred_at, operator_sub, method, path, status_code, request_id, duration_ms, payload, tenant_id)
       SELECT now() - make_interval(secs => n), 'sub-' || n % 50, 'GET', '/api/v1/health', 200, gen_random_uuid(), n % 900,
              jsonb_build_object('n', n), gen_random_uuid()
       FROM generate_series(1, ${rowsBefore}) AS n`,
    );
    await this.asSuperuser(base, 'VACUUM ANALYZE audit_log');
    // Postgres doesn't count parallel workers' scans as the migration's.
    await this.asSuperuser('postgres', `ALTER DATABASE ${base} SET max_parallel_maintenance_workers = 0`);
  }

  /** Cuts connections to the old copy, which N's pool survives. */
  async reset(rows: 'with rows' | 'empty'): Promise<void> {
    await this.asSuperuser('postgres', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await this.asSuperuser('postgres', `ALTER ROLE ${name} RESET ALL`);
    await this.asSuperuser('postgres', `CREATE DATABASE ${name} TEMPLATE ${base} OWNER ${name} STRATEGY file_copy`);
    await this.asSuperuser('postgres', `ALTER DATABASE ${name} SET max_parallel_maintenance_workers = 0`);
    if (rows === 'empty') {
      await this.asSuperuser(name, 'TRUNCATE audit_log');
    }
  }

  async cutConnections(): Promise<void> {
    await this.asSuperuser(
      'postgres',
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND pid <> pg_backend_pid()`,
    );
  }

  async connect(): Promise<pg.Client> {
    const { host, port } = this.#server;
    return open({ host, port, user: name, password: this.#password, database: name });
  }

  async remove(): Promise<void> {
    for (const database of [name, base]) {
      await this.asSuperuser('postgres', `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    }
    await this.asSuperuser('postgres', `DROP ROLE IF EXISTS ${name}`);
  }

  private async asSuperuser<Row extends pg.QueryResultRow>(database: string, sql: string): Promise<readonly Row[]> {
    const client = await open({ ...this.#server, database });
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
}

async function open(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 10_000, query_timeout: 120_000 });
  // The pending query fails and reports it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
