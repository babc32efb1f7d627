import pg from 'pg';
import type { DatabaseAddress } from '../settings/database-url.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import { isConnectionLost } from './connection-lost.ts';

export type OnIdleError = (error: Error) => void;

export interface Queries {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/**
 * Shorter than DATABASE_POOL_TIMEOUT (for queueing), so that a request reports "unavailable" before its caller has
 * left.
 */
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 5_000;

/** A query without an answer drops its connection, so that a silent network heals. */
export function openPool(database: DatabaseSettings, onIdleError: OnIdleError): LivePool {
  const timeouts = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS };
  return open(database, onIdleError, {
    max: database.poolSize,
    connectionTimeoutMillis: database.poolTimeoutMs,
    // The driver has one timeout for queueing and connecting; this separates them.
    Client: class extends pg.Client {
      constructor() {
        super({ ...connectionOf(database), ...timeouts });
      }
    },
  });
}

/** Queued requests can't make the process look unready. */
export function openProbePool(database: DatabaseAddress, timeoutMs: number, onIdleError: OnIdleError): LivePool {
  return open(database, onIdleError, { max: 2, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
}

/**
 * Retries on the next connection, finally a new one, if one died silently, as after a server crash. Statements must
 * tolerate being sent twice.
 */
export class LivePool implements Queries {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.pool = pool;
  }

  async query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
    for (let stale = this.pool.idleCount; ; stale -= 1) {
      try {
        return await this.pool.query<Row>(sql, values);
      } catch (error) {
        if (stale <= 0 || !isConnectionLost(error)) {
          throw error;
        }
      }
    }
  }

  end(): Promise<void> {
    return this.pool.end();
  }
}

function open(database: DatabaseAddress, onIdleError: OnIdleError, limits: pg.PoolConfig): LivePool {
  const pool = new pg.Pool({ ...connectionOf(database), idleTimeoutMillis: 30_000, ...limits });
  pool.on('error', onIdleError);
  return new LivePool(pool);
}

export function connectionOf(database: DatabaseAddress): pg.ClientConfig {
  const { host, port, user, password, ssl } = database;
  const others = { keepAlive: true, application_name: 'meho-backplane' };
  return { host, port, user, password, ssl, database: database.database, ...others };
}
