import { randomBytes } from 'node:crypto';
import { holds } from '@meho/core/wait/wait-for';
import pg from 'pg';
import { type ServicePlace, StartedService } from '../services/service.ts';
import type { Server } from './server.ts';

const port = 5432;
const user = 'postgres';

export interface ScratchPostgres extends AsyncDisposable {
  readonly server: Server;
}

/** As superuser: its databases are recreated for each migration. */
export async function startScratchPostgres(place: ServicePlace): Promise<ScratchPostgres> {
  const password = randomBytes(24).toString('base64url');
  const service = await StartedService.start<string>({
    ...place,
    what: 'postgres of the corpus',
    port,
    environment: {
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: user,
      POSTGRES_INITDB_ARGS: '--no-sync',
    },
    command: ['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'synchronous_commit=off'],
    deadlineMs: 60_000,
    probe: async (endpoint) => {
      const client = new pg.Client({
        ...endpoint,
        user,
        password,
        database: user,
        connectionTimeoutMillis: 2_000,
        query_timeout: 2_000,
      });
      // A server dying at start-up breaks the connection; the query reports it.
      client.on('error', () => undefined);
      try {
        await client.connect();
        const { rows } = await client.query<{ version: string }>("SELECT current_setting('server_version') AS version");
        return holds(rows[0]?.version ?? 'unknown');
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  });
  return {
    server: { ...service.endpoint, user, password },
    [Symbol.asyncDispose]: () => service.stop(),
  };
}
