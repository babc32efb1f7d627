import { Socket } from 'node:net';
import { databaseFault, speaksNoTls } from './database-fault.ts';
import { type PostgresUrl, postgresUrl } from './postgres-url.ts';
import type { Secret } from './secret.ts';

/** What a look at the database came to: an answer, a table that isn't there, or no look at all. */
export type Found<T> =
  | ({ readonly kind: 'found' } & T)
  | { readonly kind: 'missing'; readonly observed: string; readonly hint: string }
  | { readonly kind: 'unknown'; readonly observed: string; readonly hint: string };

/** What a row must have beside the operator's `sub` and an `occurred_at` within a minute. */
export interface AuditRowQuery {
  readonly method?: string;
  readonly path?: string;
  readonly statusCode?: number;
}

/** For connecting and for each statement, in milliseconds. */
const DEADLINE_MS = 10_000;

/** The backplane's `audit_log`, read and never written. */
export class AuditLog {
  readonly #url: Secret;

  /** @param url as the backplane takes it: `postgresql://…` or SQLAlchemy's `postgresql+asyncpg://…` */
  constructor(url: Secret) {
    this.#url = url;
  }

  /** How many rows the operator left within a minute of the database's clock, with what else is asked of them. */
  countRecent(sub: string, query: AuditRowQuery, signal: AbortSignal): Promise<Found<{ rows: number }>> {
    const conditions = ['operator_sub = $1'];
    const values: (string | number)[] = [sub];
    const restrict = (column: string, value: string | number | undefined) => {
      if (value !== undefined) {
        values.push(value);
        conditions.push(`${column} = $${values.length}`);
      }
    };
    restrict('method', query.method);
    restrict('path', query.path);
    restrict('status_code', query.statusCode);
    conditions.push("occurred_at BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'");
    const statement = `SELECT count(*)::int AS rows FROM audit_log WHERE ${conditions.join(' AND ')}`;
    return this.#query(statement, values, signal, ([first]) => ({ rows: Number(first?.['rows']) }));
  }

  /** The names of the columns of the `audit_log` that the backplane's own search path finds. */
  columns(signal: AbortSignal): Promise<Found<{ columns: ReadonlySet<string> }>> {
    const statement =
      "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_log'::regclass AND attnum > 0 AND NOT attisdropped";
    return this.#query(statement, [], signal, (rows) => ({
      columns: new Set(rows.map((row) => String(row['attname']))),
    }));
  }

  async #query<T extends object>(
    statement: string,
    values: readonly (string | number)[],
    signal: AbortSignal,
    read: (rows: readonly Row[]) => T,
  ): Promise<Found<T>> {
    const { url, encryption, plainToo } = postgresUrl(this.#url.reveal());
    try {
      const rows = await ask({ url, encryption }, statement, values, signal).catch((error: unknown) => {
        if (plainToo && speaksNoTls(error)) {
          return ask({ url, encryption: false }, statement, values, signal);
        }
        throw error;
      });
      return { kind: 'found', ...read(rows) };
    } catch (error) {
      signal.throwIfAborted();
      return databaseFault(error);
    }
  }
}

type Row = Readonly<Record<string, unknown>>;

/** One statement over a connection of its own, in a transaction that can't write. */
async function ask(
  { url, encryption }: Pick<PostgresUrl, 'url' | 'encryption'>,
  statement: string,
  values: readonly (string | number)[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  signal.throwIfAborted();
  // Only runs that have a database pay for the driver.
  const { default: pg } = await import('pg');
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: DEADLINE_MS,
    query_timeout: DEADLINE_MS,
    application_name: 'meho-acceptance',
    stream: () => socket,
    ...(encryption === undefined ? {} : { ssl: encryption }),
  });
  // The server may end the connection between two statements: the next one fails and says so.
  client.on('error', () => undefined);
  const onAbort = () => socket.destroy(new Error('interrupted'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    await client.query('BEGIN READ ONLY');
    return (await client.query<Row>(statement, [...values])).rows;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await client.end().catch(() => undefined);
    socket.destroy();
  }
}
