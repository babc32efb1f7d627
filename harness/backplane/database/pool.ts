import pg from 'pg';
import type { DatabaseAddress } from '../settings/database-url.ts';
import type { DatabaseSettings } from '../settings/settings.ts';

/** Told about connections that broke while nobody used them; the pool replaces them by itself. */
export type OnIdleError = (error: Error) => void;

/**
 * DATABASE_POOL_TIMEOUT is how long a request waits for its turn. An address that doesn't answer is another matter: it
 * is given up on sooner, so that a request says "unavailable" before its caller has left.
 */
const CONNECT_TIMEOUT_MS = 3_000;
const QUERY_TIMEOUT_MS = 5_000;

/** The pool of the requests. A query that gets no answer costs its connection, so that a silent network heals. */
export function openPool(database: DatabaseSettings, onIdleError: OnIdleError): pg.Pool {
  return open(database, onIdleError, {
    max: database.poolSize,
    connectionTimeoutMillis: database.poolTimeoutMs,
    query_timeout: QUERY_TIMEOUT_MS,
    Client: ImpatientClient,
  });
}

/** A small pool of the readiness probes, so that requests that queue can't make the process look unready. */
export function openProbePool(database: DatabaseAddress, timeoutMs: number, onIdleError: OnIdleError): pg.Pool {
  return open(database, onIdleError, { max: 2, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs });
}

/** The driver's pool has one timeout for waiting and connecting; this keeps them apart. */
class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super({
      ...(typeof config === 'string' ? { connectionString: config } : config),
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
  }
}

function open(database: DatabaseAddress, onIdleError: OnIdleError, limits: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ ...connectionOf(database), keepAlive: true, idleTimeoutMillis: 30_000, ...limits });
  pool.on('error', onIdleError);
  return pool;
}

/** The driver's options for this address. */
export function connectionOf(database: DatabaseAddress): pg.ClientConfig {
  const { host, port, user, password, ssl } = database;
  return { host, port, user, password, ssl, database: database.database, application_name: 'meho-backplane' };
}
