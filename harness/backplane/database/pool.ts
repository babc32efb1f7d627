import pg from 'pg';
import type { DatabaseAddress } from '../settings/database-url.ts';
import type { DatabaseSettings } from '../settings/settings.ts';
import { isConnectionLost } from './connection-lost.ts';

/** Told about connections that broke while nobody used them; the pool replaces them by itself. */
export type OnIdleError = (error: Error) => void;

/** Anything that answers queries: a pool, or one connection with a transaction open. */
export interface Queries {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<pg.QueryResult<Row>>;
}

/**
 * DATABASE_POOL_TIMEOUT is how long a request waits for its turn. An address that doesn't answer is another matter: it
 * is given up on sooner, so that a request says "unavailable" before its caller has left.
 */
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 5_000;

/** The pool of the requests. A query that gets no answer costs its connection, so that a silent network heals. */
export function openPool(database: DatabaseSettings, onIdleError: OnIdleError): LivePool {
  const timeouts = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, query_timeout: QUERY_TIMEOUT_MS };
  return open(database, onIdleError, {
    max: database.poolSize,
    connectionTimeoutMillis: database.poolTimeoutMs,
    // The driver's pool has one timeout for waiting and connecting; this keeps them apart.
    Client: class extends pg.Client {
      constructor() {
        super({ ...connectionOf(database), ...timeouts });
      }
    },
  });
}

/** A small pool of the readiness probes, so that requests that queue can't make the process look unready. */
export function openProbePool(database: DatabaseAddress, timeoutMs: number, onIdleError: OnIdleError): LivePool {
  return open(database, onIdleError, { max: 2, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
}

/**
 * A pool that gets over connections whose other end went away without a word, as that of a crashed server does: what
 * fails on one is asked again on the next, down to a new one. Statements must therefore bear being sent twice.
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

/** The driver's options for this address. */
export function connectionOf(database: DatabaseAddress): pg.ClientConfig {
  const { host, port, user, password, ssl } = database;
  const others = { keepAlive: true, application_name: 'meho-backplane' };
  return { host, port, user, password, ssl, database: database.database, ...others };
}
